import { useTranslation } from 'react-i18next';

import { SERVICE_LEVELS } from '@/shared/preferences';
import { Field } from '@/shared/ui/Field';

import type { Site } from '../api';
import type { DestinationForm } from '../hooks/useDestinationForm';
import { isOpen, ruleOf } from '../values';

import { Ticks } from './Ticks';

interface Props {
  form: DestinationForm;
  sites: readonly Site[];
}

/** Which studies it gets: all conditions that list something must hold. */
export function RuleFields({ form, sites }: Props) {
  const { t } = useTranslation(['destinations', 'common']);
  const { marks } = form;
  const known = sites.map(({ id, name }) => ({ value: id, name }));
  const others = marks.sites.filter((id) => !sites.some((site) => site.id === id));
  const open = isOpen(ruleOf({ texts: form.values, marks }));
  return (
    <>
      <p role="status" className="text-sm font-medium">
        {t(open ? 'rule.open' : 'rule.narrow')}
      </p>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field
          label={t('rule.modalities')}
          hint={t('rule.modalitiesHint')}
          dir="ltr"
          spellCheck={false}
          autoCapitalize="characters"
          {...form.field('modalities')}
        />
        <Field
          label={t('rule.stations')}
          hint={t('rule.stationsHint')}
          dir="ltr"
          spellCheck={false}
          {...form.field('stations')}
        />
      </div>
      <Ticks
        legend={t('rule.service_levels')}
        hint={t('rule.levelsHint')}
        ticks={SERVICE_LEVELS.map((value) => ({ value, name: t(`common:serviceLevel.${value}`) }))}
        chosen={marks.levels}
        onChange={(levels) => form.mark({ levels })}
      />
      <Ticks
        legend={t('rule.sites')}
        hint={t('rule.sitesHint')}
        ticks={[...known, ...others.map((value) => ({ value, name: value }))]}
        chosen={marks.sites}
        onChange={(chosen) => form.mark({ sites: chosen })}
      />
    </>
  );
}
