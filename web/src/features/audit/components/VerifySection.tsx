import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useForm } from '@/shared/hooks/useForm';
import { Button } from '@/shared/ui/Button';
import { Disclosure } from '@/shared/ui/Disclosure';
import { Field } from '@/shared/ui/Field';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import type { KeptSeal } from '../api';
import { isPosition } from '../filter';
import { useVerification } from '../hooks/useVerification';

import { VerificationResult } from './VerificationResult';

const SEAL = /^[0-9a-f]{64}$/i;

/** Has the gateway check that nobody has changed the trail. */
export function VerifySection() {
  const { t } = useTranslation('audit');
  const { found, busy, error, check } = useVerification();
  return (
    <Section title={t('verify.title')} intro={t('verify.intro')}>
      <KeptSealForm busy={busy} onCheck={(kept) => void check(kept)} />
      <p role="status" className="sr-only">
        {busy && t('verify.busy')}
      </p>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      {found && <VerificationResult found={found} />}
    </Section>
  );
}

interface FormProps {
  busy: boolean;
  onCheck: (kept: KeptSeal | null) => void;
}

function KeptSealForm({ busy, onCheck }: FormProps) {
  const { t } = useTranslation('audit');
  const [open, setOpen] = useState(false);
  const { form, field } = useForm({
    initial: { position: '', seal: '' },
    optional: ['position', 'seal'],
    check: ({ position, seal }) => {
      if (!position.trim() && !seal.trim()) return {};
      return {
        ...(!isPosition(position.trim()) && { position: t('filter.upToWrong') }),
        ...(!SEAL.test(seal.trim()) && { seal: t('verify.sealWrong') }),
      };
    },
    send: ({ position, seal }) => {
      const kept = { position: Number(position), seal: seal.trim().toLowerCase() };
      onCheck(kept.seal ? kept : null);
      return Promise.resolve();
    },
  });
  return (
    <form {...form} className="flex flex-col gap-4">
      <Disclosure label={t('verify.kept')} open={open} onToggle={() => setOpen(!open)}>
        <p className="max-w-prose text-sm text-muted">{t('verify.keptHint')}</p>
        <div className="grid items-start gap-3 sm:grid-cols-[12rem_1fr]">
          <Field
            label={t('fact.position')}
            dir="ltr"
            inputMode="numeric"
            autoComplete="off"
            {...field('position')}
          />
          <Field
            label={t('fact.seal')}
            dir="ltr"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...field('seal')}
          />
        </div>
      </Disclosure>
      <Button type="submit" busy={busy} className="self-start">
        <ShieldCheck aria-hidden className="size-4" />
        {busy ? t('verify.busy') : t('verify.start')}
      </Button>
    </form>
  );
}
