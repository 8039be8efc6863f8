// Every visible word of the app in English. The type of this object is what every language must fill.

export const en = {
  nav: {
    compare: 'Compare', explain: 'Explain', flow: 'Flow', battery: 'Battery', motor: 'Motor', supply: 'Supply', credits: 'Credits',
    rules: 'Rules', market: 'Market', fleet: 'Fleet', cases: 'Cases', data: 'Data',
  },
  shell: {
    pages: 'Pages', menu: 'Menu', controls: 'Settings', scheme: 'Light or dark', light: 'Light', dark: 'Dark', skip: 'Skip to the page',
    colophon: 'Every number rests on a table row that names its source. Nothing leaves this machine.', licences: 'Licences of fonts and libraries',
  },
  notice: {
    busy: 'Computing …', failed: 'The server does not answer.', help: 'What to do', remarks: (count: number) => `${count} remarks of the model`, none: 'Nothing found.',
  },
  figure: { table: 'Figures as a table', save: 'Save as', exports: 'Save chart or figures' },
  status: { read: 'read', derived: 'derived', recalled: 'recalled', assumption: 'assumption' },
  statusMeaning: {
    read: 'Somebody read it in the source that the row names', derived: 'Arithmetic on named rows', recalled: 'Attributed to a source, not read again',
    assumption: 'Our estimate, argued in the row’s note',
  },
  groups: {
    battery: 'Battery', drive: 'Motor, engine', body: 'Rest of the car', assembly: 'Assembly', energy: 'Electricity, fuel', upkeep: 'Upkeep', end: 'End of life',
  },
  stages: {
    'battery-materials': 'Battery materials', 'cell-manufacturing': 'Making of cells', 'battery-pack': 'Battery pack', 'electric-drive': 'Electric drive',
    'power-electronics': 'Power electronics', 'combustion-drive': 'Engine and gearbox', glider: 'Body, chassis, interior', tyres: 'Tyres', fluids: 'Fluids',
    assembly: 'Assembly', electricity: 'Electricity', fuel: 'Fuel', maintenance: 'Upkeep', 'end-of-life': 'End of life',
  },
  materials: {},
  tiers: {},
  terms: {},
  places: { WORLD: 'World', EU27: 'European Union' },
  topologies: {
    ipm: 'Interior magnets (IPM)', spm: 'Surface magnets (SPM)', 'pma-synrm': 'Magnet-assisted reluctance', eesm: 'Externally excited (EESM)', induction: 'Induction', srm: 'Switched reluctance',
  },
  scenario: {
    country: 'Driven in', province: 'Province', wholeCountry: 'All of China', year: 'Year of making', km: 'Distance over life', grid: 'Grid while driving',
    gridStatic: 'Stays', gridPathway: 'Moves on', use: 'Consumption', useOfficial: 'Official test', useReal: 'Real traffic', preset: 'Recycled material counts as',
    presets: { 'cut-off': 'Cut-off: scrap enters free', 'avoided-burden': 'Avoided burden: credit for recovery', cff: 'EU circular footprint formula' },
    method: 'Climate method',
  },
  compare: {
    title: 'From the mine to the wheel and back',
    lead: 'Minewheel follows a car through mines, works, roads and recycling, and shows what it costs climate and wallet. Click any bar to see where its number comes from.',
    cars: 'Cars', scenario: 'Scenario', edited: 'edited', pickPlaceholder: 'Name of a car', addCar: 'Add a car from the catalogue', edit: 'Edit', close: 'Close',
    saveFile: 'Save', remove: 'Remove', openFile: 'Open a car file (TOML)', pack: 'Battery', chemistry: 'Chemistry', topology: 'Motor',
    closures: 'Doors, lids and wings', metals: { steel: 'Steel', aluminium: 'Aluminium' }, castings: 'Large castings',
    castingKinds: { none: 'None', rear: 'Rear', 'front-and-rear': 'Front and rear' }, recycledAluminium: 'Recycled aluminium', sized: 'Let the model size the car',
    sizedHint: 'The catalogue’s mass belongs to the original design. Sized by the model, mass follows battery, motor and body.',
    basis: 'Show', perKm: 'per kilometre', perLife: 'over life', car: 'Car', total: 'Whole life', quantity: 'Quantity',
    stagesTitle: (unit: string) => `Climate footprint over life, ${unit}`, stagesNote: 'Figure: best estimate [5th–95th percentile], also drawn as the line beneath each bar.',
    clickHint: 'Click: where does this come from?', noInterval: 'best estimates, interval follows', sampled: (n: number) => `interval from ${n} draws`,
    model: (version: string, data: string) => `Minewheel ${version}, tables ${data}`, rests: (car: string) => `Evidence behind ${car}`,
    breakevenTitle: 'Emissions added up over the distance, t CO₂e', kmAxis: 'km driven', withEnd: 'with end of life', level: 'level at',
    crossing: (a: string, b: string, km: string) => `${a} and ${b} draw level at ${km} km.`, noCrossing: 'The lines do not cross within the cars’ lives.',
    breakevenSource: 'Drawn from making (at 0 km), use spread evenly, and end of life (last point). Bands connect the intervals at either end.',
    costTitle: 'Cost over life, 1000 USD', costUnit: '1000 USD', costNote: 'Making the car, then energy and upkeep; without taxes, insurance and discounting.', making: 'Making', using: 'Energy and upkeep',
    priceYears: (from: number, to: number) => `Prices of the nearest years known: ${from} to ${to}`,
    rangeTitle: 'Electric range by four rules, km', rangeNote: 'The same car by the tests of the EU, China, the US and the old European cycle.', rangeNone: 'None of these cars drives on electricity alone.', rangeSource: 'Simulated second by second on each rule’s cycles.',
    factsTitle: 'In figures', boundary: 'Counted',
    answer: (km: string, place: string, year: string) => `Made in ${year} and driven ${km} km in ${place}, a kilometre costs the climate, whole life counted:`, grams: 'g of CO₂e',
    facts: {
      kerb: 'Kerb mass, kg', consumption: 'At the wall, kWh/100 km', fuel: 'Fuel, l/100 km', range: 'Electric range, km', production: 'Production, kg CO₂e', use: 'Use, kg CO₂e', end: 'End of life, kg CO₂e',
      total: 'Life, g CO₂e/km', difference: 'Against the first, g CO₂e/km', battery: 'Battery, kg CO₂e/kWh', lithium: 'Lithium in it, kg', nickel: 'Nickel in it, kg', cobalt: 'Cobalt in it, kg', copper: 'Copper in it, kg',
    },
  },
};

/** The shape of a dictionary: the same keys, any words. */
type Widen<T> = T extends string ? string : T extends (...args: infer A) => string ? (...args: A) => string : { [K in keyof T]: Widen<T[K]> };

export type Dictionary = Widen<typeof en>;
