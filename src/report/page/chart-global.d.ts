/** What the page's scripts find when they run: chart.js as a global, and the data shapes made in Node. */
import type * as chartJs from 'chart.js';
import type * as spec from '../chart-spec.ts';

declare global {
  const Chart: typeof chartJs.Chart;
  type ChartInstance = chartJs.Chart;
  type ChartConfiguration = chartJs.ChartConfiguration;
  type ChartDataset = chartJs.ChartDataset;
  type ChartPlugin = chartJs.Plugin;
  type LegendItem = chartJs.LegendItem;
  type ScaleOptions = NonNullable<NonNullable<ChartConfiguration['options']>['scales']>[string];
  type ChartSpec = spec.ChartSpec;
  type LineChartSpec = spec.LineChartSpec;
  type BarChartSpec = spec.BarChartSpec;
  type AxisSpec = spec.AxisSpec;
  type LineSpec = spec.LineSpec;
  type PointSpec = spec.PointSpec;
  type Hue = spec.Hue;
  type Stroke = spec.Stroke;
}
