import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';

import type { ReportText } from '../api';
import { FIELDS, type FieldName } from '../text';

interface Props {
  text: ReportText;
  /** Also where nothing stands in them; those that are empty are left out where this is not given. */
  fields?: readonly FieldName[];
}

/** The text of a report, to be read. */
export function WrittenText({ text, fields }: Props) {
  const { t } = useTranslation('reading');
  const shown = fields ?? FIELDS.filter((name) => text[name].trim());
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {text.is_critical && (
        <div>
          <StateLabel tone="critical" icon={TriangleAlert}>
            {t('field.critical')}
          </StateLabel>
        </div>
      )}
      {shown.length > 0 && (
        <dl className="flex min-w-0 flex-col gap-3">
          {shown.map((name) => (
            <div key={name} className="min-w-0">
              <dt className="text-sm font-semibold text-muted">{t(`field.${name}`)}</dt>
              <dd dir="auto" className="max-w-prose break-words whitespace-pre-wrap">
                {text[name] || t('field.empty')}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
