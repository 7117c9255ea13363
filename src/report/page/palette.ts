/** Colours and strokes of the charts, for light, dark and paper, and what all charts share. */

interface Palette {
  readonly hues: Readonly<Record<Hue, string>>;
  readonly soft: string;
  readonly grid: string;
  readonly band: string;
  readonly paper: string;
}

const lightPalette: Palette = {
  hues: {
    blue: '#0072b2',
    vermillion: '#d55e00',
    green: '#009e73',
    purple: '#b5578f',
    orange: '#c98500',
    sky: '#2b93cf',
    ink: '#3b4148',
  },
  soft: '#5b636b',
  grid: '#e3e6e9',
  band: 'rgba(90, 100, 110, 0.09)',
  paper: '#ffffff',
};

const darkPalette: Palette = {
  hues: {
    blue: '#3d9fdc',
    vermillion: '#f07a2b',
    green: '#1fbf92',
    purple: '#cc79a7',
    orange: '#e69f00',
    sky: '#56b4e9',
    ink: '#c9ced3',
  },
  soft: '#9aa3ab',
  grid: '#2a2f34',
  band: 'rgba(200, 210, 220, 0.08)',
  paper: '#14171a',
};

const dashes: Readonly<Record<Stroke, readonly number[]>> = {
  solid: [],
  dashed: [7, 4],
  dotted: [2, 3],
  'dash-dot': [9, 3, 2, 3],
  dots: [],
};

/** An axis with exactly the ticks and labels that were made for it. */
function axisOptions(axis: AxisSpec, palette: Palette): ScaleOptions {
  const labels = new Map(axis.ticks.map((tick) => [tick.value, tick.label]));
  return {
    type: axis.scale,
    min: axis.min,
    max: axis.max,
    border: { color: palette.soft },
    grid: { color: palette.grid },
    title: { display: true, text: axis.title, color: palette.soft },
    ticks: {
      color: palette.soft,
      autoSkip: true,
      autoSkipPadding: 6,
      maxRotation: 0,
      callback: (value: string | number) => labels.get(Number(value)) ?? '',
    },
    afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
      scale.ticks = axis.ticks.map(({ value }) => ({ value }));
    },
  };
}
