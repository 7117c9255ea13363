/** Lines over time or percentiles: gaps stay gaps, a value between two gaps is a dot, phases are shaded behind. */

function lineConfiguration(spec: LineChartSpec, palette: Palette): ChartConfiguration {
  return {
    type: 'line',
    data: { datasets: spec.lines.map((line) => lineDataset(line, palette)) },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: { x: axisOptions(spec.x, palette), y: axisOptions(spec.y, palette) },
      plugins: {
        legend: {
          position: 'bottom',
          labels: { color: palette.hues.ink, usePointStyle: true, pointStyleWidth: 34, boxHeight: 7, padding: 12 },
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
    plugins: [bandPlugin(spec, palette)],
  };
}

function lineDataset(line: LineSpec, palette: Palette): ChartDataset {
  const color = palette.hues[line.hue];
  const dots = line.stroke === 'dots';
  return {
    label: line.label,
    data: line.points.map(({ x, y }) => ({ x, y })),
    borderColor: color,
    backgroundColor: color,
    borderDash: [...dashes[line.stroke]],
    borderWidth: line.hue === 'ink' ? 1.5 : 2,
    showLine: !dots,
    pointStyle: dots ? 'crossRot' : 'line',
    pointRadius: line.points.map((_, index) => (dots ? 2.5 : lonely(line.points, index) ? 3 : 0)),
    pointHoverRadius: 4,
    tension: 0,
  };
}

/** A value with a gap on both sides, which no line would show. */
function lonely(points: readonly PointSpec[], index: number): boolean {
  return (points[index - 1]?.y ?? null) === null && (points[index + 1]?.y ?? null) === null;
}

/** Phases behind the lines: unmeasured ones shaded, each named at its top, a hairline where one ends. */
function bandPlugin(spec: LineChartSpec, palette: Palette): ChartPlugin {
  return {
    id: 'bands',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea, scales } = chart;
      const scale = scales['x'];
      if (!scale) return;
      ctx.save();
      ctx.font = `11px ${String(Chart.defaults.font.family)}`;
      ctx.textBaseline = 'top';
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
        if (name) ctx.fillText(name, from + 4, chartArea.top + 3);
      }
      ctx.restore();
    },
  };
}
