# SPDX-License-Identifier: BSL-1.0
"""chart.py: bars, as SVG."""
from xml.sax.saxutils import escape

LEFT, BAR, GAP, WIDTH, LABEL = 230, 18, 6, 520, 90
OURS, THEIRS, TARGET = "#1b6ca8", "#a9b4bd", "#c0392b"


def ticks(most):
    """Round numbers from 0 to `most`, four to eight of them."""
    step = 1
    while most / step > 8:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return range(0, int(most) + 1, step)


def panel(top, title, unit, bars, target):
    """The SVG of one panel, and its height. `bars` are (name, value); `target` a number or None."""
    most = max([value for _, value in bars] + [target or 0])
    scale = WIDTH / most
    parts = [f'<text x="{LEFT}" y="{top + 16}" class="title">{escape(title)}</text>']
    y = top + (42 if target else 28)
    for name, value in bars:
        color = OURS if name.startswith("mailmote") else THEIRS
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{value * scale:.1f}" height="{BAR}" fill="{color}"/>',
            f'<text x="{LEFT + value * scale + 5:.1f}" y="{y + 13}">{value:,.0f}</text>',
        ]
        y += BAR + GAP
    parts.append(f'<line x1="{LEFT}" y1="{y}" x2="{LEFT + WIDTH}" y2="{y}" stroke="black"/>')
    for tick in ticks(most):
        x = LEFT + tick * scale
        parts += [f'<line x1="{x:.1f}" y1="{y}" x2="{x:.1f}" y2="{y + 4}" stroke="black"/>',
                  f'<text x="{x:.1f}" y="{y + 17}" text-anchor="middle">{tick:,}</text>']
    parts.append(f'<text x="{LEFT + WIDTH / 2}" y="{y + 33}" text-anchor="middle">'
                 f'{escape(unit)}</text>')
    if target:
        x = LEFT + target * scale
        parts.append(f'<line x1="{x:.1f}" y1="{top + 38}" x2="{x:.1f}" y2="{y}" stroke="{TARGET}" '
                     f'stroke-dasharray="4 3"/><text x="{x:.1f}" y="{top + 34}" fill="{TARGET}" '
                     f'text-anchor="end">target {target:,.0f}</text>')
    return "\n".join(parts), y + 50 - top


def write(path, panels):
    """`panels` are (title, unit, bars, target)."""
    top, drawn = 10, []
    for title, unit, bars, target in panels:
        if bars:
            text, height = panel(top, title, unit, bars, target)
            drawn.append(text)
            top += height
    width = LEFT + WIDTH + LABEL
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" '
        f'viewBox="0 0 {width} {top}">\n<style>text {{ font: 12px sans-serif }} '
        f'.title {{ font: bold 13px sans-serif }}</style>\n'
        f'<rect width="{width}" height="{top}" fill="white"/>\n' + "\n".join(drawn) + "\n</svg>\n")
