import { useUnloadWarning } from '@/shared/hooks/useUnloadWarning';
import type { BroughtProof } from '@/shared/singleSignOn';
import { Freshness } from '@/shared/ui/Freshness';

import type { Report } from '../api';
import { useWriting } from '../hooks/useWriting';
import type { Reading } from '../reading';
import type { DraftWriter } from '../writer';
import { Conflict } from './Conflict';
import { Editor } from './Editor';
import { SaveLine } from './SaveLine';
import { SidePanel } from './SidePanel';
import { StudyBar } from './StudyBar';
import { TwoColumns } from './TwoColumns';
import { VersionList } from './VersionList';

interface Props {
  reading: Reading;
  report: Report;
  writer: DraftWriter;
  /** Since when the gateway has not been heard. */
  asOf: Date | null;
  brought: BroughtProof | null;
}

/** Where a study is read: what is known of it beside what is written. */
export function Desk({ reading, report, writer, asOf, brought }: Props) {
  const writing = useWriting(writer);
  const { text, save, theirs } = writing;
  const compare = (sentence: string) => {
    const findings = [text.findings.trimEnd(), sentence].filter(Boolean).join('\n');
    writer.write({ findings });
  };
  useUnloadWarning(save.phase !== 'saved');
  return (
    <div className="flex flex-col gap-5">
      <StudyBar report={report}>
        <SaveLine save={save} />
      </StudyBar>
      <Freshness asOf={asOf} error={null} onRetry={() => void reading.retry()} />
      <TwoColumns side={<SidePanel report={report} onCompare={compare} />}>
        {theirs ? (
          <Conflict mine={text} theirs={theirs} writer={writer} />
        ) : (
          <Editor reading={reading} report={report} writer={writer} brought={brought} />
        )}
        {report.versions.length > 0 && <VersionList report={report} />}
      </TwoColumns>
    </div>
  );
}
