import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { buttonLook } from '@/shared/ui/Button';
import { Section } from '@/shared/ui/Section';

/** The way to the page on which people choose how they are told of what happens. */
export function TellingLink() {
  const { t } = useTranslation('account');
  return (
    <Section title={t('telling.title')} intro={t('telling.intro')}>
      <Link to="/notifications/settings" className={buttonLook('secondary', 'self-start')}>
        {t('telling.open')}
      </Link>
    </Section>
  );
}
