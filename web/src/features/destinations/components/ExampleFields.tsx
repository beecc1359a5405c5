import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { SERVICE_LEVELS, type ServiceLevel } from '@/shared/preferences';
import { Choice } from '@/shared/ui/Choice';
import { Field } from '@/shared/ui/Field';

import type { Site, Upload } from '../api';
import type { Trial } from '../example';

interface Props {
  trial: Trial;
  sites: readonly Site[];
  uploads: readonly Upload[];
  onChange: (changes: Partial<Trial>) => void;
}

/** What the rules are tried on. */
export function ExampleFields({ trial, sites, uploads, onChange }: Props) {
  const { t } = useTranslation('destinations');
  const nameOf = useUploadName();
  return (
    <>
      <Choice
        label={t('try.source')}
        value={trial.uploadId}
        options={[
          { value: '', name: t('try.described') },
          ...uploads.map((upload) => ({ value: upload.upload_id, name: nameOf(upload) })),
        ]}
        onChange={(uploadId) => onChange({ uploadId })}
      />
      {trial.uploadId === '' && <Described trial={trial} sites={sites} onChange={onChange} />}
    </>
  );
}

function Described({ trial, sites, onChange }: Omit<Props, 'uploads'>) {
  const { t } = useTranslation(['destinations', 'common']);
  return (
    <div className="grid items-start gap-4 sm:grid-cols-2">
      <Field
        label={t('rule.modalities')}
        hint={t('rule.modalitiesHint')}
        dir="ltr"
        value={trial.modalities}
        onChange={({ target }) => onChange({ modalities: target.value })}
      />
      <Field
        label={t('rule.stations')}
        hint={t('try.stationsHint')}
        dir="ltr"
        value={trial.stations}
        onChange={({ target }) => onChange({ stations: target.value })}
      />
      <Choice
        label={t('rule.service_levels')}
        value={trial.level}
        options={SERVICE_LEVELS.map((value) => ({
          value,
          name: t(`common:serviceLevel.${value}`),
        }))}
        onChange={(level) => onChange({ level })}
      />
      <Choice
        label={t('rule.site')}
        value={trial.siteId}
        options={sites.map(({ id, name }) => ({ value: id, name }))}
        onChange={(siteId) => onChange({ siteId })}
      />
    </div>
  );
}

/** What tells uploads apart without naming a patient. */
function useUploadName(): (upload: Upload) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ metadata, sender, created_at: at }) => {
    const said = metadata as { modality?: string; service_level?: ServiceLevel };
    const level = said.service_level ? t(`serviceLevel.${said.service_level}`) : '';
    return [format.dateTime(at), said.modality, level, sender].filter(Boolean).join(' · ');
  };
}
