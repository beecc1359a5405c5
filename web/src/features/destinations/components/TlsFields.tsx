import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Disclosure } from '@/shared/ui/Disclosure';
import { TextArea } from '@/shared/ui/TextArea';

import type { DestinationForm } from '../hooks/useDestinationForm';

const PARTS = ['ca', 'certificate', 'key'] as const;

/** Certificates as PEM texts; the key is never shown again. */
export function TlsFields({ form, hasKey }: { form: DestinationForm; hasKey: boolean }) {
  const { t } = useTranslation('destinations');
  const [open, setOpen] = useState(form.values.ca !== '' || form.values.certificate !== '');
  // What is wrong in here is shown, however it is folded.
  const isWrong = PARTS.some((name) => form.field(name).error !== undefined);
  return (
    <Disclosure label={t('form.tls')} open={open || isWrong} onToggle={() => setOpen(!open)}>
      {PARTS.map((name) => (
        <TextArea
          key={name}
          label={t(`form.${name}`)}
          hint={t(name === 'key' && hasKey ? 'form.keyKept' : `form.${name}Hint`)}
          rows={4}
          dir="ltr"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="none"
          {...form.field(name)}
        />
      ))}
    </Disclosure>
  );
}
