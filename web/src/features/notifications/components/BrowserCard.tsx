import { useTranslation } from 'react-i18next';

import { useOnline } from '@/shared/hooks/useOnline';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { useThisBrowser } from '../hooks/useThisBrowser';
import type { PushOffer } from '../telling/api';

/** Push messages in this browser, as far as the gateway sends any. */
export function BrowserCard({ offer }: { offer: PushOffer }) {
  const { t } = useTranslation('telling');
  return (
    <Section title={t('browser.title')} intro={t('browser.intro')}>
      {offer.public_key ? (
        <ThisBrowser publicKey={offer.public_key} />
      ) : (
        <Alert tone="neutral" title={t('browser.notOffered')} />
      )}
    </Section>
  );
}

/** On or off, or why there can be none here. */
function ThisBrowser({ publicKey }: { publicKey: string }) {
  const { t } = useTranslation('telling');
  const browser = useThisBrowser();
  const { state, error, tested } = browser;
  if (!state) return <RowsSkeleton rows={1} />;
  if (state !== 'on' && state !== 'off') {
    return (
      <Alert tone="neutral" title={t(`browser.state.${state}`)}>
        <p>{t(`browser.remedy.${state}`)}</p>
      </Alert>
    );
  }
  return (
    <>
      <Alert tone={state === 'on' ? 'positive' : 'neutral'} title={t(`browser.state.${state}`)} />
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      {tested && <Alert tone="positive" title={t('browser.tested')} />}
      <BrowserActions browser={browser} isOn={state === 'on'} publicKey={publicKey} />
    </>
  );
}

interface ActionsProps {
  browser: ReturnType<typeof useThisBrowser>;
  isOn: boolean;
  publicKey: string;
}

function BrowserActions({ browser: { busy, change, test }, isOn, publicKey }: ActionsProps) {
  const { t, i18n } = useTranslation('telling');
  const online = useOnline();
  return (
    <div className="flex flex-wrap gap-3">
      <Button
        look={isOn ? 'secondary' : 'primary'}
        busy={busy}
        disabled={!online}
        onClick={() => change(!isOn, publicKey, i18n)}
      >
        {t(isOn ? 'browser.turnOff' : 'browser.turnOn')}
      </Button>
      {isOn && (
        <Button busy={busy} disabled={!online} onClick={test}>
          {t('browser.test')}
        </Button>
      )}
    </div>
  );
}
