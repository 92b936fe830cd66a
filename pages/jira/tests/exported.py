"""What Jira calls an Excel file, as Cloud and Data Center write it: a page whose second table holds the issues.

Laid out after published exports of both: the lines above the table, blanks around every value, a no-break space where
there is none, statuses in a lozenge whose tooltip holds markup, the parent before the name of a sub-task, durations in
seconds.
"""

from collections.abc import Mapping, Sequence

HEAD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"
      xmlns:x="urn:schemas-microsoft-com:office:excel"
      xmlns="http://www.w3.org/TR/REC-html40">
    <head>
        <title>{title}</title>
        <style type="text/css">
         table {{ mso-displayed-decimal-separator:"\\."; mso-displayed-thousand-separator:"\\,"; }}
        </style>
        <META HTTP-EQUIV="Content-Type" Content="application/vnd.ms-excel; charset=UTF-8">
        <!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets><x:ExcelWorksheet>
            <x:Name>general_report</x:Name></x:ExcelWorksheet></x:ExcelWorksheets></x:ExcelWorkbook></xml><![endif]-->
    </head>
    <body>
        <table border="1">
            <tr bgcolor="#0747a6" height="30"><td colspan="{span}"><img src="/images/jira.png" alt="{title}"></td></tr>
            <tr><td colspan="{span}"><a href="{site}/issues/?jql=order+by+created+DESC">{title}</a></td></tr>
            <tr><td colspan="{span}">
                {told}
            </td></tr>
        </table>
"""
STATUS = """
                <span class=" jira-issue-status-lozenge aui-lozenge" data-tooltip="&lt;span \
class=&quot;jira-issue-status-tooltip-title&quot;&gt;{0}&lt;/span&gt;&lt;br&gt;">{0}</span>    """
SUMMARY = "<p>\n                {0}\n    </p>\n"


def page(heads: Mapping[str, str], issues: Sequence[Mapping[str, str]], *, site: str, told: str, cloud: bool) -> bytes:
    """An export. `heads`: the columns' words by Jira's id of the field; `told`: the line above the table."""
    table = '<table id="issuetable" class="aui " border="1">' if cloud else '<table id="issuetable"  border="1">'
    columns = "\n".join(
        f'<th class="colHeaderLink headerrow-{name}" data-id="{name}">\n            {word}\n        </th>'
        for name, word in heads.items()
    )
    rows = "\n".join(_row(heads, issue, site) for issue in issues)
    body = f'{table}<thead><tr class="rowHeader">\n{columns}\n</tr></thead>\n<tbody>\n{rows}\n</tbody></table>'
    if not cloud:
        body = f"<issuetable-web-component>\n{body}\n</issuetable-web-component>"
    head = HEAD.format(title="Jira" if cloud else "Demandes", site=site, told=told, span=67 if cloud else 300)
    return f"{head}{body}</body></html>".encode()


def _row(heads: Mapping[str, str], issue: Mapping[str, str], site: str) -> str:
    cells = "\n".join(f'<td class="{name}">{_cell(name, issue.get(name, ""), site)}</td>' for name in heads)
    return f'<tr id="issuerow{issue["issuekey"][4:]}" data-issuekey="{issue["issuekey"]}" class="issuerow">{cells}</tr>'


def _cell(name: str, value: str, site: str) -> str:
    match name:
        case "issuekey":
            return f'\n\n    <a class="issue-link" data-issue-key="{value}" href="{site}/browse/{value}">{value}</a>\n'
        case "status":
            return STATUS.format(value)
        case "summary":
            return SUMMARY.format(value)
        case _ if value:
            return f"            {value}\n    "
        case "duedate" | "components" | "resolutiondate":
            return "    &nbsp;\n"
        case _:
            return ""
