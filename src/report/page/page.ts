/** Draws every chart of the page, again when the colour scheme changes, and in ink on white for paper. */

const specs: readonly ChartSpec[] = JSON.parse(document.getElementById('charts')?.textContent ?? '[]');
const dark = matchMedia('(prefers-color-scheme: dark)');
let charts: ChartInstance[] = [];

function draw(palette: Palette): void {
  for (const chart of charts) chart.destroy();
  charts = specs.flatMap((spec) => {
    const canvas = document.getElementById(spec.id);
    if (!(canvas instanceof HTMLCanvasElement)) return [];
    canvas.parentElement?.removeAttribute('hidden');
    return [
      new Chart(canvas, spec.kind === 'line' ? lineConfiguration(spec, palette) : barConfiguration(spec, palette)),
    ];
  });
}

function drawForScreen(): void {
  draw(dark.matches ? darkPalette : lightPalette);
}

Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
drawForScreen();
dark.addEventListener('change', drawForScreen);
addEventListener('beforeprint', () => {
  draw(lightPalette);
});
addEventListener('afterprint', drawForScreen);
