import { useEffect, useRef, useState } from 'react';

import { download } from '@/shared/api/download';
import { saveFile } from '@/shared/saveFile';

export const FORMS = ['csv', 'jsonl'] as const;
export type Form = (typeof FORMS)[number];

interface Export {
  /** What is being downloaded; null where nothing is. */
  busy: Form | null;
  /** How much of it has come. */
  bytes: number;
  /** Why the last one failed. */
  error: unknown;
  start: (form: Form) => Promise<void>;
  cancel: () => void;
}

/** Download the events that a query lets through as a file, all of them. It ends with the page. */
export function useExport(query: Record<string, string>): Export {
  const [busy, setBusy] = useState<Form | null>(null);
  const [bytes, setBytes] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (form: Form) => {
    const { signal } = (running.current = new AbortController());
    setBusy(form);
    setBytes(0);
    setError(null);
    try {
      const wanted = { path: '/api/v1/audit/export', query: { ...query, format: form } };
      const file = await download({ ...wanted, onBytes: setBytes, signal });
      saveFile(file.content, file.name ?? `relaypacs-audit.${form}`);
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    } finally {
      setBusy(null);
    }
  };

  return { busy, bytes, error, start, cancel: () => running.current?.abort() };
}
