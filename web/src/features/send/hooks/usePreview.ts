import { useEffect, useEffectEvent, useState } from 'react';

import type { ScannedSeries, ScannedStudy } from '../scan/types';
import { COMPANIONS } from '../study/modalities';
import { useSelection } from './useSelection';

export interface Preview {
  /** Undefined while it is drawn, null where none can be drawn. */
  picture: Blob | null | undefined;
  /** An address of the picture for this page. */
  url: string | null;
}

/** A picture of the study's largest series of images. */
export function usePreview(study: ScannedStudy): Preview {
  const { previewOf } = useSelection();
  const [preview, setPreview] = useState<Preview>({ picture: undefined, url: null });
  const draw = useEffectEvent(async () => {
    const series = largestSeries(study);
    return series ? previewOf(series) : null;
  });

  useEffect(() => {
    let current = true;
    let url: string | null = null;
    void draw().then((picture) => {
      if (!current) return;
      url = picture && URL.createObjectURL(picture);
      setPreview({ picture, url });
    });
    return () => {
      current = false;
      if (url) URL.revokeObjectURL(url);
    };
  }, [study]);

  return preview;
}

function largestSeries({ series }: ScannedStudy): ScannedSeries | undefined {
  const images = series.filter(({ modality }) => !COMPANIONS.has(modality));
  const [largest] = images.sort((a, b) => b.files.length - a.files.length);
  return largest;
}
