import { ImageOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Skeleton } from '@/shared/ui/Skeleton';

import type { Preview } from '../hooks/usePreview';

const FRAME = 'size-20 shrink-0 rounded-control sm:size-28';

/** A small picture of the study, or words in its place. */
export function StudyPreview({ preview }: { preview: Preview }) {
  const { t } = useTranslation('pick');
  if (preview.picture === undefined) return <Skeleton className={FRAME} />;
  if (preview.url === null) {
    return (
      <div
        className={`${FRAME} flex flex-col items-center justify-center gap-1 bg-sunken p-1 text-center text-xs text-muted`}
      >
        <ImageOff aria-hidden className="size-5" />
        {t('study.noPreview')}
      </div>
    );
  }
  return (
    <img
      src={preview.url}
      alt={t('study.preview')}
      className={`${FRAME} bg-black object-contain`}
    />
  );
}
