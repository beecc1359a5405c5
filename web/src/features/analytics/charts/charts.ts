/* All charts in one file of their own: with Recharts they are loaded when the first one is shown. */
export { FailureBars } from './FailureBars';
export { MixPie } from './MixPie';
export { TrendLines } from './TrendLines';
export { TurnaroundBars } from './TurnaroundBars';
