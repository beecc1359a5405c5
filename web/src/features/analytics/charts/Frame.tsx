import type { ReactElement } from 'react';
import { ResponsiveContainer } from 'recharts';

interface Props {
  /** In pixels. */
  height: number;
  children: ReactElement;
}

/** Where a chart is drawn, as wide as there is room. It is laid out from left to right; its axes turn by themselves. */
export function Frame({ height, children }: Props) {
  return (
    <div dir="ltr" className="min-w-0">
      <ResponsiveContainer width="100%" height={height}>
        {children}
      </ResponsiveContainer>
    </div>
  );
}
