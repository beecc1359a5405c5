/** Defined terms of Modality, PS3.3 C.7.3.1.1.1. */
const TERMS =
  'AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DG DMS DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL ' +
  'IVOCT IVUS KER KO LEN LS M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG ' +
  'RESP RF RG RTDOSE RTIMAGE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN ' +
  'TEXTUREMAP TG US VA XA XAPROTOCOL XC';
export const MODALITIES: ReadonlySet<string> = new Set(TERMS.split(' '));

/** Objects that accompany images: they say what a study is only where there is nothing else in it. */
export const COMPANIONS: ReadonlySet<string> = new Set(
  'SR KO PR DOC PLAN REG SEG FID RWV RTDOSE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT'.split(
    ' ',
  ),
);

/** Those of nearly every study, which stand first in the form. */
export const COMMON_MODALITIES = [
  'CT',
  'MR',
  'CR',
  'DX',
  'US',
  'MG',
  'XA',
  'RF',
  'PT',
  'NM',
] as const;
