/** Stacked horizontal bars. */

function barConfiguration(spec: BarChartSpec, palette: Palette): ChartConfiguration {
  return {
    type: 'bar',
    data: {
      labels: [...spec.categories],
      datasets: spec.segments.map((segment) => ({
        label: segment.label,
        data: [...segment.values],
        backgroundColor: palette.hues[segment.hue],
        borderColor: palette.paper,
        borderWidth: 1,
        maxBarThickness: 34,
      })),
    },
    options: {
      indexAxis: 'y',
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      scales: {
        x: { ...axisOptions(spec.x, palette), stacked: true },
        y: { stacked: true, ticks: { color: palette.soft }, grid: { display: false } },
      },
      plugins: {
        legend: { position: 'bottom', labels: { color: palette.hues.ink, boxWidth: 12, boxHeight: 12 } },
        tooltip: {
          callbacks: {
            label: (item) => {
              const text = spec.segments[item.datasetIndex]?.texts[item.dataIndex];
              return `${item.dataset.label ?? ''}: ${text ?? ''}`;
            },
          },
        },
      },
    },
    plugins: [segmentTexts(spec)],
  };
}

/** The value of each segment inside it, where there is room. */
function segmentTexts(spec: BarChartSpec): ChartPlugin {
  return {
    id: 'segment-texts',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      ctx.save();
      ctx.font = `600 12px ${String(Chart.defaults.font.family)}`;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.fillStyle = '#ffffff';
      for (const [index, segment] of spec.segments.entries()) {
        for (const [position, element] of chart.getDatasetMeta(index).data.entries()) {
          const { x, y } = element;
          const base = chart.scales['x']?.getPixelForValue(startOf(spec, index, position)) ?? x;
          const text = segment.texts[position] ?? '';
          if (ctx.measureText(text).width + 8 < Math.abs(x - base)) ctx.fillText(text, (x + base) / 2, y);
        }
      }
      ctx.restore();
    },
  };
}

/** Where a segment starts: after those of the same sign before it. */
function startOf(spec: BarChartSpec, index: number, position: number): number {
  const own = spec.segments[index]?.values[position] ?? 0;
  const before = spec.segments.slice(0, index).map((segment) => segment.values[position] ?? 0);
  return before.filter((value) => value >= 0 === own >= 0).reduce((sum, value) => sum + value, 0);
}
