import { useTranslation } from 'react-i18next';

import { Facts } from '@/shared/ui/Facts';

import type { AuditEvent } from '../api';
import { detailOf, valueText } from '../details';

/** What an event says beside who, what and when; each under its name. */
export function EventDetails({ details }: { details: AuditEvent['details'] }) {
  const { t } = useTranslation('audit');
  const value = (said: unknown) => {
    if (typeof said === 'boolean') return said ? t('detail.yes') : t('detail.no');
    return (
      <bdi dir="auto" className="break-all">
        {valueText(said)}
      </bdi>
    );
  };
  const facts = Object.entries(details).map(([name, said]) => {
    const known = detailOf(name);
    return { name: known ? t(`detail.of.${known}`) : name, value: value(said) };
  });
  if (facts.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">{t('detail.title')}</h3>
      <Facts facts={facts} />
    </section>
  );
}
