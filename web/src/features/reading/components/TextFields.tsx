import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Switch } from '@/shared/ui/Switch';

import type { ReportText } from '../api';
import { FIELDS, lettersIn, MOST_LETTERS, type FieldName } from '../text';
import { GrowingTextArea } from './GrowingTextArea';

const HEIGHTS: Record<FieldName, string> = {
  findings: 'min-h-52',
  impression: 'min-h-28',
  recommendation: 'min-h-16',
};

interface Props {
  text: ReportText;
  onWrite: (changes: Partial<ReportText>) => void;
  onBlur?: () => void;
}

/** What a radiologist writes, and whether somebody has to know of it now. */
export function TextFields({ text, onWrite, onBlur }: Props) {
  const { t } = useTranslation('reading');
  return (
    <div className="flex flex-col gap-4">
      {FIELDS.map((name) => (
        <TextField
          key={name}
          name={name}
          value={text[name]}
          onBlur={onBlur}
          onWrite={(value) => onWrite({ [name]: value })}
        />
      ))}
      <Switch
        label={t('field.critical')}
        hint={t('field.criticalHint')}
        checked={text.is_critical}
        onChange={(checked) => onWrite({ is_critical: checked })}
      />
    </div>
  );
}

interface FieldProps {
  name: FieldName;
  value: string;
  onWrite: (value: string) => void;
  onBlur: (() => void) | undefined;
}

/** Nothing is cut off: what is too long is said, so that what was pasted is not lost. */
function TextField({ name, value, onWrite, onBlur }: FieldProps) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const letters = lettersIn(value);
  const most = MOST_LETTERS[name];
  const over = letters - most;
  const used = { part: format.count(letters), whole: format.count(most) };
  return (
    <GrowingTextArea
      label={t(`field.${name}`)}
      name={name}
      className={HEIGHTS[name]}
      value={value}
      hint={over <= 0 && letters > most * 0.9 ? t('field.letters', used) : undefined}
      error={
        over > 0 ? t('field.tooLong', { count: over, formatted: format.count(over) }) : undefined
      }
      onBlur={onBlur}
      onChange={({ target }) => onWrite(target.value)}
    />
  );
}
