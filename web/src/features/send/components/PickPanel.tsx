import { FolderOpen, FolderUp, Images } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';
import { classes } from '@/shared/ui/classes';

import { useDrop } from '../hooks/useDrop';
import { useSelection } from '../hooks/useSelection';
import { FileButton } from './FileButton';
import { ScanningPanel } from './ScanningPanel';

const PICKS_FOLDERS = 'webkitdirectory' in HTMLInputElement.prototype;

/** Where files are dropped or chosen. Smaller once there is something to send. */
export function PickPanel() {
  const { t } = useTranslation('pick');
  const { state, scan, pick } = useSelection();
  const scanning = state.phase === 'scanning';
  const over = useDrop(pick, !scanning);
  const more = scan.studies.length > 0;

  if (scanning) return <ScanningPanel progress={state.progress} />;
  return (
    <>
      {state.phase === 'failed' && <Failure />}
      <section
        aria-label={t('panel.title')}
        className={classes(
          'flex flex-col items-center gap-4 rounded-card border-2 border-dashed px-4 text-center',
          more ? 'py-4' : 'py-8 sm:py-14',
          over ? 'border-brand bg-active-soft' : 'border-line-strong bg-surface',
        )}
      >
        {!more && <Invitation over={over} />}
        <PickButtons more={more} />
        {!more && <p className="text-sm text-muted">{t('panel.private')}</p>}
      </section>
    </>
  );
}

function Failure() {
  const { t } = useTranslation('pick');
  return (
    <Alert tone="critical" title={t('failed.title')} assertive>
      <p>{t('failed.detail')}</p>
    </Alert>
  );
}

function Invitation({ over }: { over: boolean }) {
  const { t } = useTranslation('pick');
  return (
    <>
      <FolderUp aria-hidden className="size-10 text-muted" strokeWidth={1.5} />
      <div className="flex max-w-prose flex-col gap-1">
        <h2 className="text-lg font-semibold">{over ? t('panel.dropHere') : t('panel.title')}</h2>
        {/* Nobody drags files with a finger. */}
        <p className="text-sm text-muted pointer-coarse:hidden">{t('panel.drop')}</p>
        <p className="hidden text-sm text-muted pointer-coarse:block">{t('panel.choose')}</p>
      </div>
    </>
  );
}

function PickButtons({ more }: { more: boolean }) {
  const { t } = useTranslation('pick');
  const { pick } = useSelection();
  return (
    <div className="flex w-full flex-col justify-center gap-3 sm:w-auto sm:flex-row">
      <FileButton icon={Images} look={more ? 'secondary' : 'primary'} onPick={pick}>
        {more ? t('panel.moreFiles') : t('panel.files')}
      </FileButton>
      {PICKS_FOLDERS && (
        <FileButton icon={FolderOpen} look="secondary" folder onPick={pick}>
          {more ? t('panel.moreFolder') : t('panel.folder')}
        </FileButton>
      )}
    </div>
  );
}
