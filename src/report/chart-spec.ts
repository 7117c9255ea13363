/**
 * What a chart of the page shows, as plain data: values, axis ticks and every label are made in Node, the browser only
 * draws. The page script shares these types and nothing else with the rest, so this file imports nothing.
 */

export type ChartSpec = LineChartSpec | BarChartSpec;

/** Lines over a numeric x axis. */
export interface LineChartSpec {
  readonly kind: 'line';
  /** Id of the canvas. */
  readonly id: string;
  readonly x: AxisSpec;
  readonly y: AxisSpec;
  readonly lines: readonly LineSpec[];
  /** Spans of x shaded behind the lines. */
  readonly bands: readonly BandSpec[];
  /** Moments of x marked by a thin upright line, numbered from 1 on. */
  readonly marks?: readonly MarkSpec[];
}

/** Stacked horizontal bars, one for each category. */
export interface BarChartSpec {
  readonly kind: 'bar';
  readonly id: string;
  readonly x: AxisSpec;
  readonly categories: readonly string[];
  readonly segments: readonly SegmentSpec[];
}

export interface AxisSpec {
  readonly title: string;
  readonly scale: 'linear' | 'logarithmic';
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly TickSpec[];
}

export interface TickSpec {
  readonly value: number;
  readonly label: string;
}

/** Okabe and Ito's colours, which most eyes tell apart; `ink` is the colour of text. */
export type Hue = 'blue' | 'vermillion' | 'green' | 'purple' | 'orange' | 'sky' | 'ink';
/** How a line is drawn: hue never stands alone. */
export type Stroke = 'solid' | 'dashed' | 'dotted' | 'dash-dot' | 'dots';

export interface LineSpec {
  readonly label: string;
  readonly hue: Hue;
  readonly stroke: Stroke;
  /** In order of x; `y: null` is a gap. `text` is the value as it is read. */
  readonly points: readonly PointSpec[];
}

export interface PointSpec {
  readonly x: number;
  readonly y: number | null;
  readonly text: string;
}

export interface SegmentSpec {
  readonly label: string;
  readonly hue: Hue;
  /** One for each category, with the text it is read as. */
  readonly values: readonly number[];
  readonly texts: readonly string[];
}

export interface BandSpec {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly measured: boolean;
}

/** Something that was done, from its start to its end; `label` is short, the table beside the chart has the rest. */
export interface MarkSpec {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}
