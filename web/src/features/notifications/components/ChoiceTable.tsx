import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { SwitchTrack } from '@/shared/ui/Switch';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';

import type { Channel } from '../hooks/useTelling';
import type { Choice, Telling } from '../telling/api';

const COLUMNS = 'lg:grid-cols-[minmax(0,1fr)_9rem_9rem_9rem]';
const CHANNELS: readonly Channel[] = ['push', 'email'];

interface Props {
  telling: Telling;
  /** Nothing can be changed now. */
  disabled: boolean;
  onChoose: (choice: Choice, channel: Channel, on: boolean) => void;
}

/** What happens, by what a person is told of it. The app itself always says it. */
export function ChoiceTable({ telling, disabled, onChoose }: Props) {
  const { t } = useTranslation(['telling', 'notifications']);
  const channels = CHANNELS.filter((channel) => telling.channels[channel].offered);
  return (
    <Table label={t('table')} rowCount={telling.choices.length}>
      <TableHead
        template={COLUMNS}
        columns={[t('what'), t('inApp'), ...channels.map((channel) => t(`channel.${channel}`))]}
      />
      <div role="rowgroup" className="divide-y divide-line">
        {telling.choices.map((choice, index) => (
          <TableRow key={choice.type} template={COLUMNS} index={index}>
            <TableCell className="font-medium max-lg:pb-1">
              {t(`notifications:heading.${choice.type}`)}
            </TableCell>
            <TableCell className="flex min-h-11 items-center justify-between gap-3 text-sm lg:justify-start">
              <span className="lg:hidden">{t('inApp')}</span>
              <span className="flex items-center gap-1.5 text-muted">
                <Check aria-hidden className="size-4" />
                {t('always')}
              </span>
            </TableCell>
            {channels.map((channel) => (
              <TableCell key={channel}>
                <ChannelSwitch
                  label={t(`channel.${channel}`)}
                  what={t(`notifications:heading.${choice.type}`)}
                  checked={choice[channel]}
                  disabled={disabled}
                  onChange={(on) => onChoose(choice, channel, on)}
                />
              </TableCell>
            ))}
          </TableRow>
        ))}
      </div>
    </Table>
  );
}

interface SwitchProps {
  label: string;
  what: string;
  checked: boolean;
  disabled: boolean;
  onChange: (on: boolean) => void;
}

/** A switch whose column says what it is on wide screens, and which says it itself on a card. */
function ChannelSwitch({ label, what, checked, disabled, onChange }: SwitchProps) {
  const { t } = useTranslation('telling');
  return (
    <label className="flex min-h-11 cursor-pointer has-disabled:cursor-not-allowed has-disabled:opacity-60 items-center justify-between gap-3 text-sm lg:justify-start">
      <span className="lg:hidden">{label}</span>
      <span className="flex items-center gap-2 lg:flex-row-reverse">
        <span aria-hidden className="text-muted">
          {t(checked ? 'on' : 'off')}
        </span>
        <input
          type="checkbox"
          role="switch"
          aria-label={t('tellOf', { channel: label, what })}
          checked={checked}
          disabled={disabled}
          onChange={({ target }) => onChange(target.checked)}
          className="peer sr-only"
        />
        <SwitchTrack />
      </span>
    </label>
  );
}
