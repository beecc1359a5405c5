import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { personName } from '@/shared/format/personName';
import { useFormat } from '@/shared/format/useFormat';

import type { Upload } from '../api';

/** What the sender said about the study, and when things happened. What is unknown is left out. */
export function StudyFacts({ upload }: { upload: Upload }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { metadata } = upload;
  const instant = (iso: string | null | undefined) =>
    iso && <time dateTime={iso}>{format.dateTime(iso)}</time>;
  const ended = upload.status === 'completed' || upload.status === 'failed';

  return (
    <section className="rounded-card border border-line bg-surface p-4 sm:p-5">
      <h2 className="mb-4 text-lg font-semibold">{t('detail.study')}</h2>
      <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-2 lg:grid-cols-4">
        <Fact name={t('detail.studyDate')}>{format.dicomDate(metadata.study_date)}</Fact>
        <Fact name={t('detail.modality')}>{metadata.modality}</Fact>
        <Fact name={t('detail.description')}>{metadata.study_description}</Fact>
        <Fact name={t('detail.bodyPart')}>{metadata.body_part}</Fact>
        <Fact name={t('detail.birthDate')}>
          {metadata.patient_birth_date && format.dicomDate(metadata.patient_birth_date)}
        </Fact>
        <Fact name={t('detail.sex')}>{metadata.patient_sex}</Fact>
        <Fact name={t('detail.accessionNumber')}>{metadata.accession_number}</Fact>
        <Fact name={t('detail.referringPhysician')}>
          {metadata.referring_physician && personName(metadata.referring_physician)}
        </Fact>
        <Fact name={t('detail.sender')}>{upload.sender}</Fact>
        <Fact name={t('detail.created')}>{instant(upload.created_at)}</Fact>
        <Fact name={t('detail.origin')}>
          {upload.origin !== 'web' &&
            t(`detail.originOf.${upload.origin}`, { source: upload.source ?? '' })}
        </Fact>
        <Fact name={t('detail.completed')}>{instant(upload.completed_at)}</Fact>
        <Fact name={t('detail.expires')}>{!ended && instant(upload.expires_at)}</Fact>
        <Fact name={t('detail.clinicalHistory')} wide>
          {metadata.clinical_history}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, wide, children }: { name: string; wide?: boolean; children: ReactNode }) {
  if (!children) return null;
  return (
    <div className={wide ? 'min-w-0 sm:col-span-full' : 'min-w-0'}>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="max-w-prose break-words whitespace-pre-line">
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
