import { ShieldCheck, ShieldOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { Section } from '@/shared/ui/Section';
import { StateLabel } from '@/shared/ui/StateLabel';

import { useSecondFactor } from '../hooks/useSecondFactor';
import { IdentityProblem } from './IdentityProblem';
import { RecoveryCodes } from './RecoveryCodes';
import { TotpDisableForm } from './TotpDisableForm';
import { TotpSetupForm } from './TotpSetupForm';

interface Props {
  username: string;
  enabled: boolean;
  onChange: (enabled: boolean) => void;
}

export function SecondFactorSection({ username, enabled, onChange }: Props) {
  const { t } = useTranslation('account');
  const factor = useSecondFactor(onChange);

  return (
    <Section
      title={t('factor.title')}
      intro={t('factor.intro')}
      state={
        <span role="status">
          <StateLabel
            tone={enabled ? 'positive' : 'neutral'}
            icon={enabled ? ShieldCheck : ShieldOff}
          >
            {enabled ? t('factor.on') : t('factor.off')}
          </StateLabel>
        </span>
      }
    >
      <IdentityProblem error={factor.error} />
      <CurrentStep username={username} enabled={enabled} factor={factor} />
    </Section>
  );
}

interface StepProps {
  username: string;
  enabled: boolean;
  factor: ReturnType<typeof useSecondFactor>;
}

function CurrentStep({ username, enabled, factor }: StepProps) {
  const { t } = useTranslation('account');
  const { step } = factor;
  switch (step.name) {
    case 'rest':
      return (
        <Button
          busy={factor.busy}
          onClick={() => (enabled ? factor.askToDisable() : void factor.begin())}
          className="self-start"
        >
          {enabled ? t('factor.turnOff') : t('factor.setUp')}
        </Button>
      );
    case 'scanning':
      return <TotpSetupForm setup={step.setup} onCode={factor.enable} onCancel={factor.rest} />;
    case 'codes':
      return <RecoveryCodes username={username} codes={step.codes} onKept={factor.rest} />;
    case 'turning-off':
      return <TotpDisableForm onSubmit={factor.disable} onCancel={factor.rest} />;
  }
}
