import { useTranslation } from 'react-i18next';

import { Facts } from '@/shared/ui/Facts';

import { ACTIONS, keyOf } from '../actions';
import type { AuditEvent } from '../api';
import { detailOf, valueOf, valueText } from '../details';
import { roleOf } from '../roles';

/** What an event says beside who, what and when; each under its name. */
export function EventDetails({ details }: { details: AuditEvent['details'] }) {
  const { t } = useTranslation('audit');
  const nameOf = useDetailName();
  const inWords = useDetailValue();
  const facts = Object.entries(details).map(([name, said]) => ({
    name: nameOf(name),
    value: (
      <bdi dir="auto" className="break-words">
        {name === 'fields' && Array.isArray(said)
          ? said.map((field) => nameOf(valueText(field))).join(', ')
          : inWords(said)}
      </bdi>
    ),
  }));
  if (facts.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">{t('detail.title')}</h3>
      <Facts facts={facts} />
    </section>
  );
}

/** What there are no words for is called as in the trail. */
function useDetailName(): (name: string) => string {
  const { t } = useTranslation('audit');
  return (name) => {
    const known = detailOf(name);
    return known ? t(`detail.of.${known}`) : name;
  };
}

function useDetailValue(): (said: unknown) => string {
  const { t } = useTranslation(['audit', 'identity']);
  return (said) => {
    if (typeof said === 'boolean') return said ? t('detail.yes') : t('detail.no');
    const text = valueText(said);
    const role = roleOf(text);
    if (role) return t(`identity:role.${role}`);
    const action = ACTIONS.find((known) => known === text);
    if (action) return t(`action.${keyOf(action)}`);
    const value = valueOf(text);
    return value ? t(`detail.value.${value}`) : text;
  };
}
