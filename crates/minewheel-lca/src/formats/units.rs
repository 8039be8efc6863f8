//! Units by name, for formats that give no more than a name.
//!
//! A unit that is the reference of a group of the openLCA reference data takes that group with its published ids, so that impact
//! methods of openLCA packages find the same property. Every other unit is a group of its own: a kilowatt-hour that is asked for stays a
//! kilowatt-hour. Amounts of one flow in two units of one dimension are converted.
//!
//! Source: ids after the openLCA reference data, as the packages of the US life-cycle inventory carry them, and those of ILCD's flow
//! properties after the list of the ILCD+EPD format (`InDataWG`, `Flow_properties_and_unit_groups`); factors are definitions, those of
//! customary units after NIST Special Publication 811 (the British thermal unit is that of the International Table).

use rustc_hash::FxHashMap;

use crate::database::{DatabaseBuilder, FlowProperty, PropertyIndex, Unit, UnitGroup, UnitGroupIndex, UnitIndex};

/// Id and name of group and property, and the id of the reference unit.
struct Standard {
    unit: &'static str,
    unit_id: &'static str,
    group_id: &'static str,
    group: &'static str,
    property_id: &'static str,
    property: &'static str,
}

const STANDARDS: [Standard; 9] = [
    Standard {
        unit: "kg",
        unit_id: "20aadc24-a391-41cf-b340-3e4529f44bde",
        group_id: "93a60a57-a4c8-11da-a746-0800200c9a66",
        group: "Units of mass",
        property_id: "93a60a56-a3c8-11da-a746-0800200b9a66",
        property: "Mass",
    },
    Standard {
        unit: "MJ",
        unit_id: "52765a6c-3896-43c2-b2f4-c679acf13efe",
        group_id: "93a60a57-a3c8-11da-a746-0800200c9a66",
        group: "Units of energy",
        property_id: "f6811440-ee37-11de-8a39-0800200c9a66",
        property: "Energy",
    },
    Standard {
        unit: "m3",
        unit_id: "1c3a9695-398d-4b1f-b07e-a8715b610f70",
        group_id: "93a60a57-a3c8-12da-a746-0800200c9a66",
        group: "Units of volume",
        property_id: "93a60a56-a3c8-22da-a746-0800200c9a66",
        property: "Volume",
    },
    Standard {
        unit: "m2",
        unit_id: "3ce61faa-5716-41c1-aef6-b5920054acc9",
        group_id: "93a60a57-a3c8-18da-a746-0800200c9a66",
        group: "Units of area",
        property_id: "93a60a56-a3c8-19da-a746-0800200c9a66",
        property: "Area",
    },
    Standard {
        unit: "m2*a",
        unit_id: "c7266b67-4ea2-457f-b391-9b94e26e195a",
        group_id: "93a60a57-a3c8-20da-a746-0800200c9a66",
        group: "Units of area*time",
        property_id: "93a60a56-a3c8-21da-a746-0800200c9a66",
        property: "Area*time",
    },
    Standard {
        unit: "m",
        unit_id: "3d314eab-ef11-4ff3-a35e-9bc5cd858694",
        group_id: "838aaa22-0117-11db-92e3-0800200c9a66",
        group: "Units of length",
        property_id: "838aaa23-0117-11db-92e3-0800200c9a66",
        property: "Length",
    },
    Standard {
        unit: "t*km",
        unit_id: "0dea4ed8-bb6b-4049-b2b4-b2c413ef2180",
        group_id: "838aaa21-0117-11db-92e3-0800200c9a66",
        group: "Units of mass*length",
        property_id: "838aaa20-0117-11db-92e3-0800200c9a66",
        property: "Goods transport (mass*distance)",
    },
    Standard {
        unit: "kBq",
        unit_id: "e9773595-284e-46dd-9671-5fc9ff406833",
        group_id: "93a60a57-a3c8-16da-a746-0800200c9a66",
        group: "Units of radioactivity",
        property_id: "93a60a56-a3c8-17da-a746-0800200c9a66",
        property: "Radioactivity",
    },
    Standard {
        unit: "Item(s)",
        unit_id: "6dabe201-aaac-4509-92f0-d00c26cb72ab",
        group_id: "5beb6eed-33a9-47b8-9ede-1dfe8f679159",
        group: "Units of items",
        property_id: "01846770-4cfe-4a25-8ad9-919d8d378345",
        property: "Number of items",
    },
];

/// Flow properties that ILCD publishes: id, name, and the unit of the group they rest on.
const PROPERTIES: [(&str, &str, &str); 17] = [
    ("93a60a56-a3c8-11da-a746-0800200b9a66", "Mass", "kg"),
    ("7e18d0ad-e78e-47a0-8e96-1c0a581902e2", "Mass", "kg"),
    ("62e503ce-544a-4599-b2ad-bcea15a7bf20", "Carbon content (biogenic)", "kg"),
    ("262a541b-209e-44cc-a426-33bce30de7b1", "Carbon content (biogenic) - packaging", "kg"),
    ("93a60a56-a3c8-22da-a746-0800200c9a66", "Volume", "m3"),
    ("93a60a56-a3c8-19da-a746-0800200c9a66", "Area", "m2"),
    ("838aaa23-0117-11db-92e3-0800200c9a66", "Length", "m"),
    ("01846770-4cfe-4a25-8ad9-919d8d378345", "Number of items", "Item(s)"),
    ("93a60a56-a3c8-14da-a746-0800200c9a66", "Gross calorific value", "MJ"),
    ("93a60a56-a3c8-11da-a746-0800200c9a66", "Net calorific value", "MJ"),
    ("b3f0f892-c5a3-4c66-a432-c09e3d1e9bd6", "Mass*time", "kg*a"),
    ("93a60a56-a3c8-21da-a746-0800200c9a66", "Area*time", "m2*a"),
    ("441238a3-ba09-46ec-b35b-c30cfba746d1", "Volume*time", "m3*a"),
    ("c0447923-0e60-4b3c-97c2-a86dddd9eea5", "Duration", "a"),
    ("838aaa20-0117-11db-92e3-0800200c9a66", "Goods transport (mass*distance)", "t*km"),
    ("93a60a56-a3c8-17da-a746-0800200c9a66", "Radioactivity", "kBq"),
    ("f6811440-ee37-11de-8a39-0800200c9a66", "Energy", "MJ"),
];

/// Names of a unit in the formats, the dimension it belongs to, and its size in the dimension's unit.
const UNITS: [(&[&str], &str, f64); 53] = [
    (&["kg", "kilogram", "kilograms"], "kg", 1.0),
    (&["g", "gram"], "kg", 1e-3),
    (&["mg"], "kg", 1e-6),
    (&["ug", "µg"], "kg", 1e-9),
    (&["t", "ton", "tonne", "metric ton"], "kg", 1e3),
    (&["kton"], "kg", 1e6),
    (&["mj", "megajoule"], "MJ", 1.0),
    (&["kj", "kilojoule"], "MJ", 1e-3),
    (&["gj", "gigajoule"], "MJ", 1e3),
    (&["tj"], "MJ", 1e6),
    (&["kwh", "kilowatt hour"], "MJ", 3.6),
    (&["mwh", "megawatt hour"], "MJ", 3600.0),
    (&["wh"], "MJ", 3.6e-3),
    (&["m3", "cubic meter"], "m3", 1.0),
    (&["l", "litre", "liter"], "m3", 1e-3),
    (&["dm3"], "m3", 1e-3),
    (&["cm3", "ml"], "m3", 1e-6),
    (&["sm3", "standard cubic meter"], "Sm3", 1.0),
    (&["m2", "square meter"], "m2", 1.0),
    (&["ha", "hectare"], "m2", 1e4),
    (&["km2"], "m2", 1e6),
    (&["cm2"], "m2", 1e-4),
    (&["m2*a", "m2a", "m2*year", "square meter-year"], "m2*a", 1.0),
    (&["ha a", "ha*a", "ha*year"], "m2*a", 1e4),
    (&["m", "meter"], "m", 1.0),
    (&["km", "kilometer"], "m", 1e3),
    (&["cm"], "m", 1e-2),
    (&["m*year", "my", "ma", "meter-year"], "m*a", 1.0),
    (&["km*year", "kilometer-year"], "m*a", 1e3),
    (&["t*km", "tkm", "metric ton*km", "ton kilometer", "ton-kilometer"], "t*km", 1.0),
    (&["kg*km", "kgkm"], "t*km", 1e-3),
    (&["kbq", "kilo becquerel"], "kBq", 1.0),
    (&["bq", "becquerel"], "kBq", 1e-3),
    (&["item(s)", "unit", "p", "item"], "Item(s)", 1.0),
    (&["h", "hr", "hour"], "h", 1.0),
    (&["min", "minute"], "h", 1.0 / 60.0),
    (&["s", "second"], "h", 1.0 / 3600.0),
    (&["d", "day"], "h", 24.0),
    (&["p*km", "personkm", "person*km", "person kilometer"], "p*km", 1.0),
    (&["v*km", "vkm", "vehicle-kilometer"], "v*km", 1.0),
    (&["kg*year", "kilogram-year"], "kg*a", 1.0),
    (&["m3*year", "m3y", "cubic meter-year"], "m3*a", 1.0),
    (&["lb", "lb av", "pound"], "kg", 0.453_592_37),
    (&["sh tn", "short ton"], "kg", 907.184_74),
    (&["btu"], "MJ", 1.055_055_852_62e-3),
    (&["mmbtu"], "MJ", 1_055.055_852_62),
    (&["cu ft", "ft3"], "m3", 0.028_316_846_592),
    (&["gal (us liq)"], "m3", 3.785_411_784e-3),
    (&["bbl"], "m3", 0.158_987_294_928),
    (&["ft", "foot"], "m", 0.3048),
    (&["mi", "mile"], "m", 1_609.344),
    (&["ft2", "sq ft"], "m2", 0.092_903_04),
    (&["acre"], "m2", 4_046.856_422_4),
];

/// The dimension of a unit and its size there.
fn known(name: &str) -> Option<(&'static str, f64)> {
    let name = name.trim().to_lowercase().replace('²', "2").replace('³', "3");
    UNITS.iter().find(|(names, ..)| names.contains(&name.as_str())).map(|(_, dimension, size)| (*dimension, *size))
}

/// How many of one unit another one is; `None` for units of different dimensions.
pub fn ratio(from: &str, to: &str) -> Option<f64> {
    if from.trim() == to.trim() {
        return Some(1.0);
    }
    let ((a, from), (b, to)) = (known(from)?, known(to)?);
    (a == b).then_some(from / to)
}

/// The units that a reader has met.
#[derive(Default)]
pub(crate) struct UnitBook {
    of: FxHashMap<String, (UnitIndex, PropertyIndex)>,
}

impl UnitBook {
    /// A unit and the property it measures, entered into the builder where it lacks them.
    pub fn unit(&mut self, builder: &mut DatabaseBuilder, name: &str) -> Option<(UnitIndex, PropertyIndex)> {
        let name = if name.trim().is_empty() { "Item(s)" } else { name.trim() };
        if let Some(found) = self.of.get(name) {
            return Some(*found);
        }
        let standard = known(name).filter(|(_, size)| *size == 1.0).and_then(|(dimension, _)| STANDARDS.iter().find(|s| s.unit == dimension));
        let found = match standard {
            Some(standard) => Self::of_standard(builder, standard).or_else(|| Self::of_its_own(builder, name)),
            None => Self::of_its_own(builder, name),
        }?;
        self.of.insert(name.to_owned(), found);
        Some(found)
    }

    /// The reference unit of a group of the reference data and its property. A package may bring the property on another group, or the group
    /// with other ids of units; `None` if there is no such unit then.
    fn of_standard(builder: &mut DatabaseBuilder, standard: &Standard) -> Option<(UnitIndex, PropertyIndex)> {
        let known = builder.property(standard.property_id);
        let group = known.map(|p| builder.database().properties()[p.at()].unit_group).or_else(|| builder.unit_group(standard.group_id));
        let group = group.or_else(|| Self::add(builder, standard.unit_id, standard.unit, standard.group_id, standard.group))?;
        let units = &builder.database().unit_groups()[group.at()].units;
        let place = units.iter().position(|u| u.factor == 1.0 && ratio(&u.name, standard.unit) == Some(1.0))?;
        if known.is_none() {
            let (id, name) = (standard.property_id.into(), standard.property.into());
            builder.add_property(FlowProperty { id, name, unit_group: group, is_economic: false });
        }
        Some((UnitIndex { group, place: place as u16 }, builder.property(standard.property_id)?))
    }

    /// A unit that is a group by itself, and the property of amounts in it.
    fn of_its_own(builder: &mut DatabaseBuilder, name: &str) -> Option<(UnitIndex, PropertyIndex)> {
        let id = format!("unit:{name}");
        let unit_group = builder.unit_group(&id).or_else(|| Self::add(builder, &id, name, &id, &format!("Units like {name}")))?;
        if builder.property(&id).is_none() {
            let property_name = format!("Amount in {name}").into();
            builder.add_property(FlowProperty { id: id.as_str().into(), name: property_name, unit_group, is_economic: false });
        }
        Some((builder.unit(&id)?, builder.property(&id)?))
    }

    fn add(builder: &mut DatabaseBuilder, unit_id: &str, unit: &str, group_id: &str, group: &str) -> Option<UnitGroupIndex> {
        let unit = Unit { id: unit_id.into(), name: unit.into(), factor: 1.0, synonyms: Vec::new() };
        builder.add_unit_group(UnitGroup { id: group_id.into(), name: group.into(), units: vec![unit], reference: 0 });
        builder.unit_group(group_id)
    }

    /// A flow property that ILCD publishes, entered into the builder where it lacks it; `None` for any other id.
    pub fn property(&mut self, builder: &mut DatabaseBuilder, id: &str) -> Option<PropertyIndex> {
        let (id, name, unit) = PROPERTIES.iter().find(|(known, ..)| *known == id)?;
        let (unit, _) = self.unit(builder, unit)?;
        if builder.property(id).is_none() {
            let (id, name, unit_group) = ((*id).into(), (*name).into(), unit.group);
            builder.add_property(FlowProperty { id, name, unit_group, is_economic: false });
        }
        builder.property(id)
    }
}

#[cfg(test)]
mod tests {
    use super::{STANDARDS, UNITS, ratio};

    #[test]
    fn units_of_one_dimension_convert_and_others_do_not() {
        assert_eq!((ratio("kWh", "MJ"), ratio("g", "kg"), ratio("odd", "odd")), (Some(3.6), Some(1e-3), Some(1.0)));
        assert_eq!((ratio("kg", "MJ"), ratio("odd", "kg")), (None, None));
        assert_eq!((ratio("Btu", "kJ").map(f64::round), ratio("sh tn", "lb"), ratio("t", "kg")), (Some(1.0), Some(2000.0), Some(1e3)));
    }

    #[test]
    fn a_name_means_one_unit_and_every_standard_is_named() {
        let mut names: Vec<&str> = UNITS.iter().flat_map(|(names, ..)| names.iter().copied()).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(STANDARDS.iter().all(|s| UNITS.iter().any(|(_, dimension, size)| *dimension == s.unit && *size == 1.0)));
    }
}
