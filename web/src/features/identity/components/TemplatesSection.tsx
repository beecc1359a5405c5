import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { buttonLook } from '@/shared/ui/Button';
import { Section } from '@/shared/ui/Section';

/** The way to what a radiologist's reports begin with. */
export function TemplatesSection() {
  const { t } = useTranslation('account');
  return (
    <Section title={t('templates.title')} intro={t('templates.intro')}>
      <Link to="/templates" className={buttonLook('secondary', 'self-start')}>
        {t('templates.show')}
      </Link>
    </Section>
  );
}
