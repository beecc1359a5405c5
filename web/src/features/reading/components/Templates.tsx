import { BookmarkPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { Disclosure } from '@/shared/ui/Disclosure';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Select } from '@/shared/ui/Select';

import type { Report, ReportText } from '../api';
import { useTemplates } from '../hooks/useTemplates';
import type { Template } from '../templates/templates';
import { FIELDS, isBlank, type FieldName } from '../text';
import { KeepTemplate } from './KeepTemplate';

/** What of a report a template brings. */
type Words = Partial<Record<FieldName, string>>;

interface Props {
  report: Report;
  text: ReportText;
  onWrite: (words: Words) => void;
}

/** What a report may begin with. It goes into fields that are empty; what is written is replaced only if that is wanted. */
export function Templates({ report, text, onWrite }: Props) {
  const { t } = useTranslation('reading');
  const [isOpen, setOpen] = useState(false);
  const [isKeeping, setKeeping] = useState(false);
  const [asked, setAsked] = useState<Words | null>(null);
  const insert = (words: Words) => {
    const isWritten = FIELDS.some((name) => words[name] && text[name].trim());
    if (isWritten) setAsked(words);
    else onWrite(words);
  };
  const replace = () => {
    if (asked) onWrite(asked);
    setAsked(null);
  };
  return (
    <>
      <Disclosure label={t('template.title')} open={isOpen} onToggle={() => setOpen(!isOpen)}>
        <Picker report={report} isWanted={isOpen} onInsert={insert} />
        <Button disabled={isBlank(text)} onClick={() => setKeeping(true)} className="self-start">
          <BookmarkPlus aria-hidden className="size-4" />
          {t('template.keep')}
        </Button>
      </Disclosure>
      {isKeeping && <KeepTemplate report={report} text={text} onClose={() => setKeeping(false)} />}
      {asked && (
        <ConfirmDialog
          title={t('template.replaceTitle')}
          action={t('template.replace')}
          onConfirm={replace}
          onCancel={() => setAsked(null)}
        >
          <p>
            {t('template.replaceDetail', {
              fields: FIELDS.filter((name) => asked[name] && text[name].trim())
                .map((name) => t(`field.${name}`))
                .join(', '),
            })}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

interface PickerProps {
  report: Report;
  isWanted: boolean;
  onInsert: (words: Words) => void;
}

function Picker({ report, isWanted, onInsert }: PickerProps) {
  const { t } = useTranslation('reading');
  const { templates, starters, error, reload } = useTemplates(report, isWanted);
  const [chosen, setChosen] = useState('');
  const first = templates?.[0]?.id ?? starters[0]?.id ?? '';
  const id = chosen || first;
  const insert = () => {
    const template = templates?.find((one) => one.id === id);
    const starter = starters.find((one) => one.id === id);
    if (template) onInsert(wordsOf(template));
    else if (starter) onInsert({ findings: starter.findings });
  };
  return (
    <>
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 grow basis-56">
          <Select
            label={t('template.choose')}
            value={id}
            onChange={({ target }) => setChosen(target.value)}
          >
            {templates && templates.length > 0 && (
              <optgroup label={t('template.kept')}>
                {templates.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.is_mine
                      ? one.name
                      : t('template.of', { name: one.name, owner: one.owner })}
                  </option>
                ))}
              </optgroup>
            )}
            <optgroup label={t('template.starters')}>
              {starters.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </optgroup>
          </Select>
        </div>
        <Button disabled={!id} onClick={insert}>
          {t('template.insert')}
        </Button>
      </div>
    </>
  );
}

/** Fields that the template leaves empty stay as they are. */
function wordsOf(template: Template): Words {
  const filled = FIELDS.filter((name) => template[name].trim());
  return Object.fromEntries(filled.map((name) => [name, template[name]]));
}
