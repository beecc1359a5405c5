import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';

import type { ReportText } from '../api';
import { useArrival } from '../hooks/useArrival';
import { FIELDS } from '../text';
import type { DraftWriter } from '../writer';
import type { Theirs } from '../writing';
import { WrittenText } from './WrittenText';

interface Props {
  mine: ReportText;
  theirs: Theirs;
  writer: DraftWriter;
}

/** Two texts of one report, and the choice between them. Until it is made both stay where they are. */
export function Conflict({ mine, theirs, writer }: Props) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const element = useArrival<HTMLElement>();
  const differing = FIELDS.filter((name) => mine[name] !== theirs.text[name]);
  const by = theirs.author ?? t('conflict.somebody');
  const when = theirs.savedAt ? format.dateTime(theirs.savedAt) : '';
  return (
    <section
      ref={element}
      tabIndex={-1}
      aria-label={t('conflict.title')}
      className="flex flex-col gap-4 outline-none"
    >
      <Alert tone="critical" assertive title={t('conflict.title')}>
        <p>{t('conflict.detail')}</p>
      </Alert>
      <div className="grid gap-4 md:grid-cols-2">
        <Side title={t('conflict.mine')} detail={t('conflict.here')}>
          <WrittenText text={mine} fields={differing} />
        </Side>
        <Side title={t('conflict.theirs')} detail={[by, when].filter(Boolean).join(', ')}>
          <WrittenText text={theirs.text} fields={differing} />
        </Side>
      </div>
      <div className="flex flex-wrap gap-3">
        <Button look="primary" onClick={() => void writer.settle('both')}>
          {t('conflict.takeBoth')}
        </Button>
        <Button onClick={() => void writer.settle('mine')}>{t('conflict.takeMine')}</Button>
        <Button onClick={() => void writer.settle('theirs')}>{t('conflict.takeTheirs')}</Button>
      </div>
    </section>
  );
}

interface SideProps {
  title: string;
  detail: string;
  children: ReactNode;
}

function Side({ title, detail, children }: SideProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2 rounded-card border border-line bg-surface p-4">
      <h3 className="font-semibold">{title}</h3>
      <p className="text-sm text-muted">
        <bdi>{detail}</bdi>
      </p>
      {children}
    </div>
  );
}
