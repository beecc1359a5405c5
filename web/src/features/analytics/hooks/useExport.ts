import { useState } from 'react';

import { saveFile } from '@/shared/saveFile';

import { fetchTable, type ExportedTable } from '../api';
import { queryOf, type Question } from '../question';

interface Export {
  busy: ExportedTable | null;
  error: unknown;
  download: (table: ExportedTable) => Promise<void>;
}

/** Fetch a table of the numbers with the person's own right to see them, and save it as a file. */
export function useExport(question: Question): Export {
  const [busy, setBusy] = useState<ExportedTable | null>(null);
  const [error, setError] = useState<unknown>(null);

  const download = async (table: ExportedTable) => {
    setBusy(table);
    setError(null);
    try {
      const day = new Date().toISOString().slice(0, 10);
      const file = await fetchTable(table, queryOf(question));
      saveFile(file, `relaypacs-${table}-${question.period}-${day}.csv`);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(null);
    }
  };

  return { busy, error, download };
}
