import { PenLine } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useForm } from '@/shared/hooks/useForm';
import type { BroughtProof } from '@/shared/singleSignOn';
import { Button } from '@/shared/ui/Button';
import { Dialog } from '@/shared/ui/Dialog';
import { Field } from '@/shared/ui/Field';
import { PatientName } from '@/shared/ui/PatientName';

import type { Proof, Report, SignatureKind } from '../api';
import { useProving } from '../hooks/useProving';
import { KindChoice } from './KindChoice';
import { SigningProblem } from './SigningProblem';
import { StudyLine } from './StudyBar';

/** What is signed. */
export type Signed = SignatureKind | 'addendum';

interface Props {
  report: Report;
  /** The text as it will be signed. */
  children: ReactNode;
  /** What it is first; whoever signs a report may choose the other kind. */
  kind: Signed;
  /** With what the person has come back from the other system. */
  brought: BroughtProof | null;
  onSign: (kind: Signed, proof: Proof) => Promise<void>;
  onClose: () => void;
}

/** A last look at what is signed, and the proof of who signs. Whatever fails is said here, and nothing is lost. */
export function SigningDialog({ report, children, kind: first, brought, onSign, onClose }: Props) {
  const { t } = useTranslation('reading');
  const [kind, setKind] = useState(first);
  return (
    <Dialog title={t(`sign.title.${kind}`)} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <div className="rounded-control bg-sunken p-3">
          <p className="font-semibold">
            <PatientName name={report.patient_name} />
          </p>
          <StudyLine report={report} />
        </div>
        {kind !== 'addendum' && <KindChoice kind={kind} onChange={setKind} />}
        <div
          role="group"
          aria-label={t('sign.text')}
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by keyboard
          tabIndex={0}
          className="max-h-[40dvh] overflow-y-auto rounded-control border border-line p-3"
        >
          {children}
        </div>
        {brought?.result ? (
          <BroughtForm kind={kind} result={brought.result} onSign={onSign} />
        ) : (
          <PasswordForm kind={kind} isRefused={brought !== null} onSign={onSign} />
        )}
      </div>
    </Dialog>
  );
}

interface FormProps {
  kind: Signed;
  onSign: (kind: Signed, proof: Proof) => Promise<void>;
}

/** Who has just proven it at the other system has nothing left to type. */
function BroughtForm({
  kind,
  result,
  onSign,
}: FormProps & { result: NonNullable<BroughtProof['result']> }) {
  const { t } = useTranslation('reading');
  const [isSpent, setSpent] = useState(false);
  const { form, error, busy } = useForm({
    initial: {},
    send: async () => {
      try {
        await onSign(kind, { single_sign_on: result });
      } catch (failure) {
        // The other system's answer works once.
        setSpent(true);
        throw failure;
      }
    },
  });
  if (isSpent)
    return <PasswordForm kind={kind} isRefused={false} earlier={error} onSign={onSign} />;
  return (
    <form {...form} className="flex flex-col gap-4">
      <p>{t('sign.proven')}</p>
      <SignButton kind={kind} busy={busy} />
    </form>
  );
}

interface PasswordFormProps extends FormProps {
  /** The other system did not say that it is the person. */
  isRefused: boolean;
  /** Why the attempt before failed. */
  earlier?: unknown;
}

function PasswordForm({ kind, isRefused, earlier, onSign }: PasswordFormProps) {
  const { t } = useTranslation('reading');
  const { form, field, error, busy } = useForm({
    initial: { password: '' },
    places: { 'password-wrong': 'password' },
    send: ({ password }) => onSign(kind, { password }),
  });
  return (
    <form {...form} className="flex flex-col gap-4">
      <SigningProblem error={error ?? earlier} isRefused={isRefused} />
      <Field
        {...field('password')}
        label={t('sign.password')}
        hint={t('sign.passwordHint')}
        type="password"
        dir="ltr"
        autoComplete="current-password"
      />
      <SignButton kind={kind} busy={busy} />
      <Elsewhere kind={kind} />
    </form>
  );
}

function SignButton({ kind, busy }: { kind: Signed; busy: boolean }) {
  const { t } = useTranslation('reading');
  return (
    <Button type="submit" look="primary" busy={busy}>
      <PenLine aria-hidden className="size-4" />
      {busy ? t('sign.busy') : t(`sign.act.${kind}`)}
    </Button>
  );
}

/** For people who have no password here. */
function Elsewhere({ kind }: { kind: Signed }) {
  const { t } = useTranslation('reading');
  const { name, busy, error, leave } = useProving();
  if (name === null) return null;
  return (
    <>
      <SigningProblem error={error} isRefused={false} />
      <Button busy={busy} onClick={() => void leave(kind)}>
        <span className="min-w-0 py-2 break-words">{t('sign.elsewhere', { name })}</span>
      </Button>
    </>
  );
}
