//! The quantile function of the standard normal distribution.
//!
//! ```text
//! z = Φ⁻¹(u),  0 < u < 1
//! ```
//!
//! Source: M. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
//! (1988), routine PPND16. Relative accuracy about 1e-16. One uniform number gives one normal number, so that a
//! factor's place in the random stream does not depend on other factors' values.
#![allow(clippy::excessive_precision, reason = "coefficients as the source prints them")]

/// `Φ⁻¹(u)`, the standard normal quantity that a share u lies below; infinite at 0 and 1.
pub fn normal_quantile(u: f64) -> f64 {
    let q = u - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTRE_OVER, r) / polynomial(&CENTRE_UNDER, r);
    }
    let tail = if q < 0.0 { u } else { 1.0 - u };
    if tail <= 0.0 {
        return f64::INFINITY.copysign(q);
    }
    let r = (-tail.ln()).sqrt();
    let z = if r <= 5.0 {
        polynomial(&MIDDLE_OVER, r - 1.6) / polynomial(&MIDDLE_UNDER, r - 1.6)
    } else {
        polynomial(&FAR_OVER, r - 5.0) / polynomial(&FAR_UNDER, r - 5.0)
    };
    z.copysign(q)
}

/// `Φ(z)`, the share of a standard normal quantity below z, by bisection of the quantile function; for set-up, not for inner loops.
pub fn normal_share_below(z: f64) -> f64 {
    if z > 0.0 {
        return 1.0 - normal_share_below(-z);
    }
    let (mut low, mut high) = (0.0_f64, 0.5_f64);
    for _ in 0..64 {
        let middle = f64::midpoint(low, high);
        if normal_quantile(middle) < z {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

const CENTRE_OVER: [f64; 8] = [
    3.3871328727963666080e0,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
];
const CENTRE_UNDER: [f64; 8] = [
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
];
const MIDDLE_OVER: [f64; 8] = [
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
];
const MIDDLE_UNDER: [f64; 8] = [
    1.0,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
];
const FAR_OVER: [f64; 8] = [
    6.65790464350110377720e0,
    5.46378491116411436990e0,
    1.78482653991729133580e0,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
];
const FAR_UNDER: [f64; 8] = [
    1.0,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
];

#[cfg(test)]
mod tests {
    use super::{normal_quantile, normal_share_below};

    /// Tabulated percentage points of the normal distribution.
    #[test]
    fn percentage_points_agree_with_the_tables() {
        for (u, z) in [
            (0.5, 0.0),
            (0.95, 1.6448536269514722),
            (0.975, 1.959963984540054),
            (0.05, -1.6448536269514722),
            (1e-10, -6.361340902404056),
            (0.25, -0.6744897501960817),
        ] {
            assert!((normal_quantile(u) - z).abs() < 1e-14 * (1.0 + f64::abs(z)), "{u}");
        }
    }

    #[test]
    fn the_share_below_a_quantile_is_its_probability() {
        assert!((normal_share_below(-1.959963984540054) - 0.025).abs() < 1e-15);
        assert!((normal_share_below(1.959963984540054) - 0.975).abs() < 1e-15);
    }
}
