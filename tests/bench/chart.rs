//! The chart: time of a settled plan by number of resources.

use std::path::Path;

use plotters::prelude::*;

use crate::Outcome;

const LINES: [(&str, RGBColor); 4] = [
    ("terraform_data, the floor", RGBColor(128, 128, 128)),
    ("constant answers: core's share", RGBColor(64, 160, 96)),
    (
        "this provider, drift_detection = false",
        RGBColor(64, 128, 208),
    ),
    ("this provider, one read a resource", RGBColor(216, 96, 48)),
];

/// Draws `plans`: the number of resources, and seconds for each of the lines.
pub(crate) fn draw(path: &Path, plans: &[(usize, [f64; 4])]) -> Outcome<()> {
    let points = |line: usize| {
        plans.iter().filter_map(move |(size, times)| {
            let size = f64::from(u32::try_from(*size).ok()?);
            Some((size, times[line] * 1e3))
        })
    };
    let all = || (0..LINES.len()).flat_map(points);
    let largest = all().fold((1.0, 1.0), |(x, y): (f64, f64), point| {
        (x.max(point.0), y.max(point.1))
    });
    let least = all().fold(f64::INFINITY, |least, point| least.min(point.1));
    let root = SVGBackend::new(path, (760, 420)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(16)
        .caption(
            "A settled plan, API at 0 ms (both axes logarithmic)",
            ("sans-serif", 16),
        )
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(
            (0.9..largest.0 * 1.2).log_scale(),
            (least * 0.8..largest.1 * 1.3).log_scale(),
        )?;
    chart
        .configure_mesh()
        .x_desc("resources")
        .y_desc("milliseconds")
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for (line, (name, color)) in LINES.into_iter().enumerate() {
        chart
            .draw_series(LineSeries::new(points(line), color.stroke_width(2)).point_size(3))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .border_style(BLACK.mix(0.2))
        .background_style(WHITE)
        .draw()?;
    root.present()?;
    Ok(())
}
