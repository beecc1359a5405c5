import type { ScannedFile, ScannedSeries } from '../scan/types';

/** Modalities whose series are stacks; elsewhere numbers have holes for many good reasons. */
const STACKED = new Set(['CT', 'MR', 'PT']);
const SMALLEST_STACK = 3;
/** A step that is half as long again is no noise any more. */
const GAP = 1.5;
/** Where more of the steps are long than this, the spacing varies by design. */
const MOST_GAPS = 0.25;
/** Positions are not compared more finely than a tenth of a millimetre. */
const PRECISION = 10;

/**
 * Return how many slices a series seems to lack in its middle.
 *
 * A gap counts where slices lie too far apart and their numbers agree that something was between. Without positions
 * numbers alone have to tell. What is no stack lacks nothing: localizers, several frames, single images.
 */
export function missingSlices({ modality, files }: ScannedSeries): number {
  if (!STACKED.has(modality)) return 0;
  const stacks = stacksOf(files).filter(({ length }) => length >= SMALLEST_STACK);
  if (stacks.length > 0) return stacks.reduce((sum, stack) => sum + missingPositions(stack), 0);
  return files.some(isNoSlice) ? 0 : missingNumbers(files);
}

function isNoSlice({ stack, position, frames }: ScannedFile): boolean {
  return stack === null && (position !== null || frames !== 1);
}

function stacksOf(files: ScannedFile[]): ScannedFile[][] {
  const stacks = new Map<string, ScannedFile[]>();
  for (const file of files) {
    if (file.stack === null) continue;
    stacks.set(file.stack, [...(stacks.get(file.stack) ?? []), file]);
  }
  return [...stacks.values()];
}

interface Step {
  millimetres: number;
  from: ScannedFile;
  to: ScannedFile;
}

function missingPositions(stack: ScannedFile[]): number {
  const steps = stepsOf(stack);
  const usual = median(steps.map(({ millimetres }) => millimetres));
  const long = steps.filter(({ millimetres }) => millimetres > GAP * usual);
  if (long.length > MOST_GAPS * steps.length) return 0;
  return long
    .filter(({ from, to }) => !areConsecutive(from, to))
    .reduce((sum, { millimetres }) => sum + Math.round(millimetres / usual) - 1, 0);
}

/** The steps from each position to the next; several slices may share a position (phases, echoes). */
function stepsOf(stack: ScannedFile[]): Step[] {
  const places = new Map<number, ScannedFile>();
  for (const file of stack) places.set(Math.round((file.position ?? 0) * PRECISION), file);
  const sorted = [...places].sort(([a], [b]) => a - b);
  return sorted.slice(1).map(([place, to], index) => {
    const [before, from] = sorted[index] ?? [place, to];
    return { millimetres: (place - before) / PRECISION, from, to };
  });
}

function areConsecutive(
  { instanceNumber: from }: ScannedFile,
  { instanceNumber: to }: ScannedFile,
) {
  return from !== null && to !== null && Math.abs(to - from) === 1;
}

/** How many numbers are left out, where the series counts in regular steps. */
function missingNumbers(files: ScannedFile[]): number {
  const numbers = files
    .map(({ instanceNumber }) => instanceNumber)
    .filter((number) => number !== null);
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  if (sorted.length < SMALLEST_STACK || numbers.length < files.length) return 0;
  const steps = sorted.slice(1).map((number, index) => number - (sorted[index] ?? number));
  const usual = median(steps);
  const long = steps.filter((step) => step > usual);
  if (long.length > MOST_GAPS * steps.length) return 0;
  return long.reduce((sum, step) => sum + Math.round(step / usual) - 1, 0);
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
