/** Lines over time or percentiles: gaps stay gaps, a value between two gaps is a dot, phases are shaded behind. */

function lineConfiguration(spec: LineChartSpec, palette: Palette): ChartConfiguration {
  return {
    type: 'line',
    data: { datasets: spec.lines.map((line) => lineDataset(line, palette)) },
    options: {
      animation: false,
      responsive: true,
      layout: { padding: { top: spec.bands.length > 0 ? 16 : 4 } },
      maintainAspectRatio: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: { x: axisOptions(spec.x, palette), y: axisOptions(spec.y, palette) },
      plugins: {
        legend: {
          position: 'bottom',
          labels: {
            usePointStyle: true,
            pointStyleWidth: 34,
            boxHeight: 7,
            padding: 12,
            generateLabels: (chart) => spec.lines.map((line, index) => legendItem(chart, line, index, palette)),
          },
        },
        tooltip: {
          callbacks: {
            title: () => '',
            label: (item) => {
              const text = spec.lines[item.datasetIndex]?.points[item.dataIndex]?.text;
              return `${item.dataset.label ?? ''}: ${text ?? ''}`;
            },
          },
        },
      },
    },
    plugins: [bandPlugin(spec, palette), markPlugin(spec, palette)],
  };
}

/** A line through no more points than these shows them: what lies between was not measured. */
const MARKED_MAX = 12;

function lineDataset(line: LineSpec, palette: Palette): ChartDataset {
  const color = palette.hues[line.hue];
  const dots = line.stroke === 'dots';
  const few = line.points.length <= MARKED_MAX;
  return {
    label: line.label,
    data: line.points.map(({ x, y }) => ({ x, y })),
    borderColor: color,
    backgroundColor: color,
    borderDash: [...dashes[line.stroke]],
    borderWidth: line.hue === 'ink' ? 1.5 : 2,
    showLine: !dots,
    pointStyle: dots ? 'crossRot' : few ? 'circle' : 'line',
    pointRadius: line.points.map((_, index) => (dots ? 2.5 : few || lonely(line.points, index) ? 3 : 0)),
    pointHoverRadius: 4,
    tension: 0,
  };
}

/** The line as it is drawn, dashes included, which chart.js leaves out of its own legend. */
function legendItem(chart: ChartInstance, line: LineSpec, index: number, palette: Palette): LegendItem {
  const dots = line.stroke === 'dots';
  return {
    text: line.label,
    datasetIndex: index,
    hidden: !chart.isDatasetVisible(index),
    fontColor: palette.hues.ink,
    fillStyle: palette.hues[line.hue],
    strokeStyle: palette.hues[line.hue],
    lineWidth: 2,
    lineDash: [...dashes[line.stroke]],
    pointStyle: dots ? 'crossRot' : 'line',
  };
}

/** A value with a gap on both sides, which no line would show. */
function lonely(points: readonly PointSpec[], index: number): boolean {
  return (points[index - 1]?.y ?? null) === null && (points[index + 1]?.y ?? null) === null;
}

/** Phases behind the lines: unmeasured ones shaded, each named above, a hairline where one ends. */
function bandPlugin(spec: LineChartSpec, palette: Palette): ChartPlugin {
  return {
    id: 'bands',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea, scales } = chart;
      const scale = scales['x'];
      if (!scale) return;
      ctx.save();
      ctx.font = `11px ${String(Chart.defaults.font.family)}`;
      ctx.textBaseline = 'bottom';
      for (const band of spec.bands) {
        const from = Math.max(scale.getPixelForValue(band.from), chartArea.left);
        const to = Math.min(scale.getPixelForValue(band.to), chartArea.right);
        if (to <= from) continue;
        if (!band.measured) {
          ctx.fillStyle = palette.band;
          ctx.fillRect(from, chartArea.top, to - from, chartArea.height);
        }
        ctx.fillStyle = palette.soft;
        ctx.fillRect(to, chartArea.top, 0.5, chartArea.height);
        const name = [band.label, band.label.split(' (')[0]!].find(
          (text) => ctx.measureText(text).width < to - from - 8,
        );
        if (name) ctx.fillText(name, from + 2, chartArea.top - 2);
      }
      ctx.restore();
    },
  };
}

/** Steps of the scenario: a numbered upright line where one began, shaded until it was done. */
function markPlugin(spec: LineChartSpec, palette: Palette): ChartPlugin {
  return {
    id: 'marks',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea, scales } = chart;
      const scale = scales['x'];
      if (!scale) return;
      ctx.save();
      ctx.font = `11px ${String(Chart.defaults.font.family)}`;
      ctx.textBaseline = 'top';
      for (const mark of spec.marks ?? []) {
        const from = scale.getPixelForValue(mark.from);
        const to = scale.getPixelForValue(mark.to);
        ctx.fillStyle = palette.band;
        ctx.fillRect(from, chartArea.top, Math.max(0, to - from), chartArea.height);
        ctx.fillStyle = palette.hues.purple;
        ctx.fillRect(from, chartArea.top, 1, chartArea.height);
        ctx.fillText(mark.label, from + 3, chartArea.top + 2);
      }
      ctx.restore();
    },
  };
}
