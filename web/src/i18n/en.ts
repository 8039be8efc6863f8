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
  materials: { cells: 'Cells', cathode: 'Cathode material', 'rare-earths': 'Rare earths', 'silicon-carbide-wafers': 'Silicon carbide wafers', aluminium: 'Aluminium', chromium: 'Chromium', cobalt: 'Cobalt', copper: 'Copper', dysprosium: 'Dysprosium', gallium: 'Gallium', graphite: 'Graphite', iron: 'Iron', lead: 'Lead', lithium: 'Lithium', magnesium: 'Magnesium', manganese: 'Manganese', molybdenum: 'Molybdenum', neodymium: 'Neodymium', nickel: 'Nickel', phosphorus: 'Phosphorus', praseodymium: 'Praseodymium', silicon: 'Silicon', zinc: 'Zinc', carbon: 'Carbon', separator: 'Separator', electrolyte: 'Electrolyte' },
  tiers: { mining: 'mining', refining: 'refining', component: 'component', 'active-material': 'active material', cell: 'cell making' },
  terms: {
    'ndfeb-magnets': 'NdFeB magnets', 'graphite-battery-grade-all': 'battery-grade graphite', 'manganese-sulphate-battery-grade': 'battery-grade manganese sulphate', 'rare-earths-heavy': 'heavy rare earths', 'rare-earths-magnet': 'magnet rare earths', 'graphite-natural': 'natural graphite',
    'graphite-synthetic': 'synthetic graphite', 'graphite-natural-coated': 'coated natural graphite', 'aluminium-primary': 'primary aluminium', 'aluminium-primary-ingot': 'primary aluminium', 'magnesium-metal': 'magnesium', 'lithium-ion-cells': 'lithium-ion cells',
    'cam-lfp': 'LFP cathode material', 'cam-nmc622': 'NMC622 cathode material', 'cam-nmc811': 'NMC811 cathode material', 'china-nev-2023': 'China, new-energy vehicles 2023', 'china-private-2011': 'China, private cars 2011', 'home-4kw': 'Home, 4 kW',
    'home-7kw': 'Home, 7 kW', workplace: 'At work', solar: 'With the sun', valley: 'At night', flat: 'Evenly', germany: 'Germany',
    france: 'France', 'united-kingdom': 'United Kingdom', italy: 'Italy', spain: 'Spain', netherlands: 'Netherlands', austria: 'Austria',
    denmark: 'Denmark', finland: 'Finland', ireland: 'Ireland', 'united-states': 'United States', canada: 'Canada', japan: 'Japan',
    'south-korea': 'South Korea', australia: 'Australia',
  },
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
    driversTitle: (car: string) => `What drives the interval of ${car}`, driversSource: 'Point at a bar for its table row, source and status.',
    factsTitle: 'In figures', boundary: 'Counted',
    answer: (km: string, place: string, year: string) => `Made in ${year} and driven ${km} km in ${place}, a kilometre costs the climate, whole life counted:`, grams: 'g of CO₂e',
    facts: {
      kerb: 'Kerb mass, kg', consumption: 'At the wall, kWh/100 km', fuel: 'Fuel, l/100 km', range: 'Electric range, km', production: 'Production, kg CO₂e', use: 'Use, kg CO₂e', end: 'End of life, kg CO₂e',
      total: 'Life, g CO₂e/km', difference: 'Against the first, g CO₂e/km', battery: 'Battery, kg CO₂e/kWh', lithium: 'Lithium in it, kg', nickel: 'Nickel in it, kg', cobalt: 'Cobalt in it, kg', copper: 'Copper in it, kg',
    },
  },
  explain: {
    title: 'Where does that number come from?', lead: 'Each figure opens into its parts, down to processes in places and to the rows of the tables under them, each with its source and how well it is known.',
    subject: 'What is explained', another: 'Another car', of: 'Figure', climate: 'Climate', energy: 'Energy', cost: 'Cost', cut: 'Leave out parts below', depth: 'Levels', treeTitle: 'The tree',
    subjects: { climate: 'climate footprint over life', energy: 'energy over life', cost: 'cost over life' },
    pictureTitle: (car: string, of: string, unit: string) => `${car}: ${of}, ${unit}`, pictureNote: 'Click a bar to open its branch below.', source: 'Best estimates. Rows, sources and statuses stand under each branch.',
    all: 'Whole life', saveRows: 'Save all rows under the figure as CSV', own: 'emitted here itself', belowCut: 'parts below the cut', leaf: 'Nothing further above the cut.', rows: (count: number) => (count === 1 ? '1 table row' : `${count} table rows`), row: 'Row', what: 'What',
  },
  flow: {
    title: 'Flows from mine to scrap', lead: 'Carbon, energy or one metal: where it arises, what it becomes, and what comes back.', what: 'Flow of', carbon: 'Carbon', energy: 'Primary energy', source: 'Best estimates.',
    carbonNote: 'Countries where gases leave chimneys, the part of the car they are for, and the phase of its life. Provinces count to their country.',
    energyNote: (covered: string) => `Primary energy by source and phase. Processes that report energy cover ${covered} of the climate total.`,
    metalNote: 'Between two tiers the tables know who makes how much, not who sells to whom: flows meet in a market.',
    columns: { place: 'Where it is emitted', part: 'For which part', phase: 'In which phase', source: 'Source' }, phases: { making: 'Making', use: 'Use', end: 'End of life' }, kinds: { fossil: 'Fossil', nuclear: 'Nuclear', renewable: 'Renewable' },
    other: 'Other', market: 'market', car: 'In the car', pack: 'In the battery', restOfCar: 'Rest of the car', back: 'Recovered', lost: 'Lost', tiersTitle: 'Origin, tier by tier', shareAxis: '% of the tier', originSource: 'Shares of output or of what the car’s sourcing says; World: not divided further in the tables.',
  },
  battery: {
    title: 'Battery', lead: 'A pack from its cell: choose chemistry, size and place, and see mass, footprint, price, life, and what recycling gives back.',
    pack: 'Pack', chemistry: 'Chemistry', energy: 'Gross energy', case: 'Case of the cell', cases: { prismatic: 'Prismatic', pouch: 'Pouch', cylindrical: 'Cylindrical' }, usual: 'Usual', layout: 'Layout', modules: 'Modules', cellToPack: 'Cell to pack',
    making: 'Making', madeIn: 'Made in', content: 'Materials', recycled: (metal: string) => `Recycled ${metal}`, shock: 'Price of lithium', shockHint: 'A factor on the price of the metal; costs follow.', years: 'years', weakest: 'weakest value behind it',
    facts: { climate: 'Footprint', cost: 'Price', mass: 'Mass', cell: 'Cell', pack: 'Whole pack', charge: '10 to 80 %', life: 'First life' }, estimate: 'This chemistry is an estimate of what is not yet built in series.',
    stagesTitle: 'Footprint by stage', stagesNote: 'Best estimates of the stages; the interval of the sum stands above.', placesTitle: 'Footprint by place', costTitle: 'Price by block', costNote: 'Point at a bar to see how much of it is commodities.', commodities: (usd: string) => `of it commodities: ${usd} USD/kWh`,
    driversTitle: 'What drives the interval', driversNote: 'Share of the spread that a row accounts for.', rivalsTitle: 'Chemistries side by side', rivalsNote: 'Same energy, place and year; line: 5th to 95th percentile. Click to choose.', rivalsSource: 'Intervals from 100 draws each.',
    recoveryTitle: 'What comes back', recoveryUnit: '% recovered', recoveryNote: (net: string, range: string, margin: string) => `Shredding and leaching. Net of avoided materials ${net} ${range} kg CO₂e/kWh; margin ${margin} USD/kWh.`, recoverySource: 'Line: 5th to 95th percentile.',
    checks: 'Checks', value: 'Value', bound: 'Bound', holds: 'holds', fails: 'fails',
  },
  motor: {
    title: 'Motor', lead: 'A machine sized from its specification: where it is efficient, what it is made of, and which kind of machine is not beaten.',
    machine: 'Machine', topology: 'Kind', power: 'Power', top: 'Top speed', voltage: 'Voltage', cooling: 'Cooling', jacket: 'Jacket', oil: 'Oil', inverter: 'Inverter', making: 'Making',
    facts: { mass: 'Mass', best: 'Best efficiency', cycle: 'Efficiency on the cycle', rare: 'Rare earths', footprint: 'Footprint of the machine', cost: 'Cost of the drive', size: 'Diameter × length' },
    mapTitle: 'Efficiency map', mapNote: 'Driving side. Solid line: short-time torque; dashed: continuous. Point at a field to read it.', mapSource: 'Shaft power over shaft power and losses of the machine; losses from the model.', speed: 'Speed, rpm', torque: 'Torque, Nm', full: 'short-time', continuous: 'continuous', efficiency: 'Efficiency',
    billTitle: 'What the drive emits in the making', billNote: 'Largest lines of the bill: machine, inverter and gear.', billSource: 'Best estimates; the status of each line is in the table.',
    compareAll: 'Compare all kinds of machine', compareHint: 'Designs six machines for the same torque and speeds; takes some seconds.', paretoTitle: 'Kinds of machine against each other', paretoNote: 'Filled: no other kind is better in every aim (mass, use, cost, footprint, supply).', paretoSource: 'Same torque and speeds; compact car with 60 kWh on WLTC.',
    wall: 'Use at the wall', kindsTitle: 'All kinds in figures', unbeaten: 'Unbeaten', yes: 'yes', no: 'no',
  },
  supply: {
    title: 'Supply', lead: 'Who makes a car’s materials at each tier, what barring a country would change, and what a stop does day by day.',
    subject: 'Subject', of: 'What', wholeCar: 'A whole car', auto: 'as the model says', buyer: 'Whose supply', weight: 'Weight of', year: 'Year',
    facts: { buyer: 'Supply of', dominated: (place: string) => `Tiers where ${place} makes most`, binding: 'Tier that binds first' }, tiersUnit: 'tiers',
    dependTitle: (buyer: string, on: string, subject: string) => `${subject}: how much of ${buyer}’s supply depends on ${on}`, dependNote: 'Own output first, the rest from the world market. Dark: more than half. Click a bar for its tiers.', dependUnit: (on: string) => `% from ${on}`,
    tiersTable: 'Tiers', material: 'Material', tier: 'Tier', largest: 'Largest maker', importDependence: 'Imported', measures: 'Trade measures', measureKinds: { ban: 'export ban', licence: 'export licence', quota: 'quota', tax: 'export tax' },
    banTitle: 'Bar a country', banLead: 'The same car with one product bought elsewhere; the other suppliers keep their proportions.', banProduct: 'Product', banPlace: 'Barred', banAnswer: (product: string, place: string, change: string) => `Without ${place} as a supplier of ${product}, a kilometre changes by ${change} g of CO₂e.`,
    banFacts: { before: 'Making the car before', after: 'and after', cost: 'Cost of making' }, banCostNote: 'prices do not follow the supplier', banPicture: 'Change by stage, kg CO₂e over life',
    stopTitle: 'A supplier stops', stopLead: 'A plant builds cars day by day until its stocks run out. The car above, in a plant of its own; numbers of cars and cells are yours to choose.',
    stopStudy: (what: string, place: string) => `${what} from ${place} stops`, stopFacts: { lost: 'Cars not built', shortage: 'Shortage after', recovery: 'Recovered after', binding: 'What runs out', carbon: 'More per car' }, days: 'days', day: 'day', stopAxis: 'Cars built, % of plan', stopNote: 'Best estimate; the interval of each figure stands above.', stopSource: (members: number) => `Intervals from ${members} members of the ensemble`,
    stopProduct: 'Material', stopPlace: 'From', stopKind: 'What stops', exports: 'Exports', output: 'Output', left: 'What is left', length: 'Length', cellsFrom: 'Cells from', openStudy: 'Open a study (TOML)', stopCatalogueOnly: 'A study names its car by catalogue id: choose a car of the catalogue.',
  },
  credits: {
    title: 'Credits', lead: 'China’s new-energy credits: what a car earns under each edition of the rules, what would move it over a step, and who has to buy.',
    subject: 'Car', year: 'Year', facts: { credit: (year: string) => `Credit in ${year}`, standard: 'Standard credit', edition: 'Edition' }, creditUnit: 'credits a car', factors: { range: 'Range', density: 'Energy density', energy: 'Consumption' },
    yearsTitle: (car: string) => `${car}: credit by accounting year`, yearsNote: 'The same car under the edition of each year. Click a year to choose it.', modelRange: 'Range and consumption are the model’s',
    cliffsTitle: 'Steps of the rule, nearest first', cliffsNote: 'What the credit would gain or lose on the other side of each step.', gainUnit: 'credits gained or lost', across: (credit: string, distance: string) => `${credit} credits across it; distance ${distance}`,
    quantities: { range_km: 'Range, km', density_wh_per_kg: 'Density, Wh/kg', consumption_kwh_per_100km: 'kWh/100 km', kerb_mass_kg: 'Kerb mass, kg' },
    slopesTitle: 'What a change of the design is worth', lever: 'Lever', perUnit: 'Credits per unit', levers: { 'pack-energy': 'Energy of the battery', 'kerb-mass': 'Kerb mass', drag: 'Drag coefficient', 'rolling-resistance': 'Rolling resistance' }, rulesTitle: 'Rules it rests on', rule: 'Rule',
    companies: 'Companies', affiliates: 'Who may help whom', stated: 'As stated', allLinked: 'All', foresight: 'What firms know of later years', perfect: 'Everything', none: 'Nothing',
    ledgerTitle: 'New-energy balance by company, credits', ledgerUnit: 'credits', priceTitle: 'Price of a credit, CNY', priceNote: 'As stated, and under other needs: the spread between the paths is the uncertainty that is known.', scenarios: { 'as stated': 'As stated', 'a tenth more need': 'A tenth more need', 'a tenth less need': 'A tenth less need' },
    totalsTitle: 'Industry by year, credits', surplus: 'Surplus', deficit: 'Deficit', offered: 'Offered', need: 'Asked for', ratio: 'Offered over asked',
  },
  rules: {
    title: 'Rules', lead: 'Rule sets as data, held against a car, a plant or a company: clause by clause, with margin, status and source.', set: 'Rule set', draft: 'draft', date: 'On the day', dateHint: 'Left empty: every dated clause, whenever it holds.', subject: 'Held against', openFile: 'Open a rule file (TOML)', written: 'Your own file', template: 'List what the set asks about', fileHint: 'A company, a plant or a product in TOML. It takes the place of the car.',
    verdicts: { pass: 'meets it', fail: 'does not meet it', unknown: 'unknown' }, inForce: 'in force', replaced: 'replaced', changes: 'What would turn it', countTitle: 'Clauses by verdict', countNote: 'A clause without a value is unknown, never passed.', counts: (binding: number, other: number) => `${binding} binding, ${other} other`, clauses: 'Clauses',
    clause: 'Clause', from: 'from', required: 'Asked', value: 'Value', verdict: 'Verdict', yes: 'yes', no: 'no', diffTitle: 'Against another edition', against: 'Other edition', noOther: 'There is no other edition of this set.', pickOther: 'Choose another edition on the left.', turn: 'Change', turns: { stricter: 'stricter', looser: 'looser', same: 'same', added: 'added', dropped: 'dropped', other: 'changed' },
  },
  market: {
    title: 'Market', lead: 'What was built, sold, exported, registered and charged; what each series counts; and what does not add up.', subject: 'Series', place: 'Place', from: 'From', to: 'To', by: 'Period', year: 'Year', half: 'Half-year', series: 'Series', note: 'Each point is a published or added-up figure; its rounding and status stand in the tip.',
    units: { vehicle: 'vehicles', percent: '%', GWh: 'GWh', point: 'points' }, indicators: { 'vehicle-production': 'Vehicles built', 'vehicle-wholesale': 'Vehicles sold by makers', 'vehicle-exports': 'Vehicles exported', 'nev-production': 'New-energy vehicles built', 'nev-wholesale': 'New-energy vehicles sold by makers', 'nev-domestic-wholesale': 'New-energy vehicles sold at home', 'nev-exports': 'New-energy vehicles exported', 'nev-registrations': 'New-energy vehicles registered', 'nev-stock': 'New-energy vehicles on the register', 'nev-share-of-wholesale': 'Share of new-energy vehicles', 'electric-car-share': 'Share of electric cars', 'automobile-stock': 'Automobiles on the register', 'automobile-registrations': 'Automobiles registered', 'charging-points': 'Charging points' },
    definitions: 'What each series counts', counts: 'Counts', exports: 'Exports', last: 'Last value', gaps: 'What does not add up', period: 'Period', difference: 'Difference', share: 'Share', means: 'What it is',
    tcoTitle: 'Cost of owning', batteryCar: 'Another battery car', fuelCar: 'Another fuel car', tcoPicture: (a: string, b: string) => `${a} less ${b}, US cents a kilometre`, tcoUnit: 'US cents/km', parity: (year: string) => `level in ${year}`, noParity: 'not level', tcoSource: 'Below zero the battery car costs less to own. Best estimates of price tables; assumptions dominate.',
  },
  fleet: {
    title: 'Fleet', lead: 'Cars that come each year, age and leave: the stock, its footprint, its packs, its metals and its load on the grid.', subject: 'Study', sales: 'New cars, year and number', salesHint: 'One year a line. Left empty: registrations of the market tables.', later: 'New cars a year from 2035', millions: 'million', laterHint: '0: the last year’s number is held. A scenario of yours, not a forecast.', survival: 'How long cars last', charging: 'Charging', noCharging: 'Not computed',
    studyTitle: (place: string) => `Battery cars in ${place} to 2060`, noSales: (place: string) => `The market tables hold no registrations for ${place}: give numbers of new cars.`, facts: { stock: (year: string) => `Cars in ${year}`, power: (year: string) => `Electricity in ${year}`, packs: (year: string) => `Packs retired in ${year}` }, noInterval: 'a scenario: no interval',
    stockTitle: 'Cars on the road', cars: 'cars', climateTitle: 'Emissions of the fleet, Mt CO₂e a year', packsTitle: 'Packs, GWh a year', fitted: 'Fitted', collected: 'Collected', informal: 'Lost to informal trade', secondLife: 'In second life', element: 'Metal', materialTitle: 'demand and recovery, t a year', demand: 'Needed', recovered: 'Recovered from packs', loadTitle: (year: string) => `Charging load on a working day of ${year}, GW`, weekday: 'Working day', hour: 'hour',
  },
  cases: { title: 'Is it true?', lead: 'Published statements about the industry, each recomputed, with a verdict and the rule by which it is judged.', verdicts: { true: 'True', false: 'False', depends: 'It depends', 'not-decidable': 'Not decidable' }, rule: 'Rule of judgement', note: 'About the statement', more: (count: number) => `${count} more rows: save the CSV.` },
  data: {
    title: 'Data', lead: 'Every value of every table, with its source and how well it is known.', search: 'Search', what: 'In', rows: 'Rows', sources: 'Sources', text: 'Words', placeholder: 'e.g. graphite, 2024, smelter', any: 'any', status: 'Status', source: 'Source', table: 'Table', about: 'What', value: 'Value', unit: 'Unit', key: 'Key', titleColumn: 'Title', licence: 'Terms', values: 'values',
    pictureTitle: (values: string, sources: string) => `${values} values from ${sources} sources, by how well they are known`, pictureNote: 'Click a bar to see its rows.', pictureSource: 'Counted over all tables.', found: (count: string) => `${count} found`, previous: 'Previous', next: 'Next', range: (from: string, to: string, total: string) => `${from} to ${to} of ${total}`,
  },
};

/** The shape of a dictionary: the same keys, any words. */
type Widen<T> = T extends string ? string : T extends (...args: infer A) => string ? (...args: A) => string : { [K in keyof T]: Widen<T[K]> };

/** Ids of the model may be named in one language and stand as they are in another. */
type Names = 'terms' | 'materials' | 'tiers' | 'places';

export type Dictionary = Omit<Widen<typeof en>, Names> & Record<Names, Record<string, string>>;
