import {
  CircleAlert,
  CircleCheck,
  GitCompareArrows,
  HardDrive,
  Pencil,
  RefreshCw,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '@/shared/api/problem';
import { useFormat } from '@/shared/format/useFormat';
import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { SaveState } from '../writing';

interface Look {
  tone: Tone;
  icon: LucideIcon;
}

const NOTHING: Look = { tone: 'neutral', icon: Pencil };
const LOOKS: Record<SaveState['phase'], Look> = {
  saved: { tone: 'positive', icon: CircleCheck },
  typing: { tone: 'neutral', icon: Pencil },
  saving: { tone: 'active', icon: RefreshCw },
  kept: { tone: 'caution', icon: HardDrive },
  'too-long': { tone: 'critical', icon: CircleAlert },
  conflict: { tone: 'critical', icon: GitCompareArrows },
  failed: { tone: 'critical', icon: CircleAlert },
};

/** What comes and goes while somebody types is not read out. */
const PASSING: readonly SaveState['phase'][] = ['typing', 'saving'];

/** Where the text is safe, in words. */
export function SaveLine({ save }: { save: SaveState }) {
  const words = useWords()(save);
  return (
    <div>
      <StateLabel {...lookOf(save)}>{words}</StateLabel>
      <span role="status" className="sr-only">
        {PASSING.includes(save.phase) ? '' : words}
      </span>
    </div>
  );
}

function lookOf(save: SaveState): Look {
  return save.phase === 'saved' && !save.at ? NOTHING : LOOKS[save.phase];
}

function useWords(): (save: SaveState) => string {
  const { t } = useTranslation('reading');
  const format = useFormat();
  return (save) => {
    switch (save.phase) {
      case 'saved':
        return save.at
          ? t('save.saved', { time: format.timeOfDay(new Date(save.at)) })
          : t('save.nothing');
      case 'failed':
        return t('save.failed', { why: reasonOf(save.error) ?? t('save.noReason') });
      default:
        return t(`save.${save.phase}`);
    }
  };
}

function reasonOf(error: unknown): string | null {
  return error instanceof ApiError ? error.detail || error.title || null : null;
}
