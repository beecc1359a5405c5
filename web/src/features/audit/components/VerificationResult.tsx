import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { buttonLook } from '@/shared/ui/Button';
import { CopyButton } from '@/shared/ui/CopyButton';

import type { Found } from '../hooks/useVerification';

/** So many events behind the break are shown with it. */
const BEHIND = 5;

/** What the check has found, and what it cannot find. */
export function VerificationResult({ found }: { found: Found }) {
  return found.broken_at === null ? (
    <Whole found={found} />
  ) : (
    <Broken found={found} brokenAt={found.broken_at} />
  );
}

function Whole({ found }: { found: Found }) {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const { events, seal, kept } = found;
  return (
    <Alert
      assertive
      tone="positive"
      title={t('verify.whole', { count: events, formatted: format.count(events) })}
      action={<CopyButton text={`${events} ${seal}`} label={t('verify.copy')} />}
    >
      <p>
        {kept
          ? t('verify.keptFits', { position: String(kept.position) })
          : t('verify.keepSeal', { position: String(events) })}
      </p>
      <code dir="ltr" className="break-all select-all rtl:text-right">
        {seal}
      </code>
    </Alert>
  );
}

function Broken({ found, brokenAt }: { found: Found; brokenAt: number }) {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const { events, kept } = found;
  return (
    <Alert
      assertive
      tone="critical"
      title={t('verify.broken', { position: String(brokenAt) })}
      action={
        <Link
          to={`/admin/audit?upTo=${brokenAt + BEHIND}`}
          className={buttonLook('secondary', 'text-ink')}
        >
          {t('verify.showBreak')}
        </Link>
      }
    >
      <p>{t('verify.brokenDetail')}</p>
      <p>{t('verify.before', { count: events, formatted: format.count(events) })}</p>
      {kept && brokenAt <= kept.position && (
        <p>{t('verify.keptMissed', { position: String(kept.position) })}</p>
      )}
      {brokenAt === 1 && <p>{t('verify.otherKey')}</p>}
    </Alert>
  );
}
