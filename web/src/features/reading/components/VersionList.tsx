import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Section } from '@/shared/ui/Section';

import type { Report, Version } from '../api';
import { StoredIn } from './StoredIn';
import { WrittenText } from './WrittenText';

/** What was signed: addenda above the report, preliminary ones below it. Nothing of it is ever changed. */
export function VersionList({ report }: { report: Report }) {
  const { t } = useTranslation('reading');
  return (
    <Section title={t('version.title')}>
      <ol className="flex flex-col gap-5 divide-y divide-line *:not-first:pt-5">
        {report.versions.map((version) => (
          <li key={version.id}>
            <SignedVersion version={version} />
          </li>
        ))}
      </ol>
    </Section>
  );
}

function SignedVersion({ version }: { version: Version }) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const { kind, number, author, signed_at: signedAt } = version;
  const name =
    kind === 'final' || kind === 'draft'
      ? t('kind.final')
      : t(`version.${kind}`, { number: format.count(number) });
  return (
    <article className="flex min-w-0 flex-col gap-3">
      <div>
        <h3 className="font-semibold">{name}</h3>
        <p className="text-sm text-muted">
          {t('version.signed', { name: author, time: format.dateTime(signedAt) })}
        </p>
      </div>
      <WrittenText text={version} />
      <StoredIn version={version} />
    </article>
  );
}
