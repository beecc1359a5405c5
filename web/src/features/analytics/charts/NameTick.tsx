import { Text } from 'recharts';

import { TICK } from './axes';

/** How wide the names of bars are, in pixels. */
export const NAMES = 128;
const GAP = 8;

interface Props {
  x: number | string;
  y: number | string;
  name: string;
  isRtl: boolean;
}

/** The name of a bar beside it, on two lines where it is long. */
export function NameTick({ x, y, name, isRtl }: Props) {
  return (
    <Text
      {...TICK}
      x={x}
      y={y}
      width={NAMES - GAP}
      maxLines={2}
      lineHeight="1.2em"
      textAnchor={isRtl ? 'start' : 'end'}
      verticalAnchor="middle"
    >
      {name}
    </Text>
  );
}
