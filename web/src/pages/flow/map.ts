// One tier of a supply chain, or the carbon of a car, on the map; the map is loaded when first drawn.
import { placeName, t } from '../../i18n';
import { figure } from '../../ui/figure';
import { percent } from '../../ui/format';

export interface MapDrawing {
  title: string;
  file: string;
  /** By country. */
  shares: Record<string, number>;
  source: string;
}

export interface OriginMap {
  element: HTMLElement;
  draw(drawing: MapDrawing): void;
  hide(): void;
  close(): void;
}

/** Places named in words below the map. */
const NAMED = 6;

export function originMap(): OriginMap {
  const picture = figure();
  let wanted: MapDrawing | null = null;
  return {
    element: picture.element,
    draw(drawing) {
      wanted = drawing;
      void import('../../charts/world').then(({ shadeKeys, undrawn, worldHeight, worldOption }) => {
        if (wanted !== drawing) return;
        const say = t().flow;
        const elsewhere = undrawn(drawing.shares).slice(0, NAMED).map(([place, share]) => `${place === 'other' ? say.other : placeName(place)} ${percent(share)}`);
        picture.draw({
          title: drawing.title,
          note: elsewhere.length > 0 ? `${say.mapNote} ${say.unmapped(elsewhere.join(', '))}` : say.mapNote,
          file: drawing.file,
          height: worldHeight,
          option: (graphic) => worldOption(drawing.shares, graphic),
          rows: [['place', 'share'], ...Object.entries(drawing.shares).sort((a, b) => b[1] - a[1])],
          json: { shares: drawing.shares },
          source: drawing.source,
          keys: shadeKeys(),
        });
      });
    },
    hide() {
      wanted = null;
      picture.element.hidden = true;
    },
    close() {
      wanted = null;
      picture.close();
    },
  };
}
