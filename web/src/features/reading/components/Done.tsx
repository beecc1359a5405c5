import type { ReactNode } from 'react';

import { Alert } from '@/shared/ui/Alert';

import { useArrival } from '../hooks/useArrival';

interface Props {
  title: string;
  /** What has happened by it. */
  detail: string;
  /** Where to go from here. */
  children: ReactNode;
}

/** Something is done for good, and the person is led here. */
export function Done({ title, detail, children }: Props) {
  const element = useArrival<HTMLDivElement>();
  return (
    <div ref={element} tabIndex={-1} className="flex flex-col gap-4 outline-none">
      <Alert tone="positive" assertive title={title}>
        <p>{detail}</p>
      </Alert>
      {children}
    </div>
  );
}
