"""The places and the people who work there, the same in every test.

Jianghai (440704) with two streets and four villages, inside Jiangmen and Guangdong; Pengjiang (440703) beside it.
Every role has a post inside, and those who must not see Jianghai have one outside. Nobody here is real.
"""

from __future__ import annotations

from dataclasses import dataclass

from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.areas.models import Area

PASSWORD = "the test password"

# code: (name, the first code after everything below, tier, parent)
PLACES: dict[str, tuple[str, str, int, str | None]] = {
    "440000000000": ("广东省", "450000000000", 1, None),
    "440700000000": ("江门市", "440800000000", 2, "440000000000"),
    "440703000000": ("蓬江区", "440704000000", 3, "440700000000"),
    "440703001000": ("环市街道", "440703002000", 4, "440703000000"),
    "440703001001": ("白沙社区居委会", "440703001002", 5, "440703001000"),
    "440704000000": ("江海区", "440705000000", 3, "440700000000"),
    "440704001000": ("江南街道", "440704002000", 4, "440704000000"),
    "440704001001": ("江南社区居委会", "440704001002", 5, "440704001000"),
    "440704001002": ("滘头社区居委会", "440704001003", 5, "440704001000"),
    "440704004000": ("外海街道", "440704005000", 4, "440704000000"),
    "440704004200": ("东南村委会", "440704004201", 5, "440704004000"),
    "440704004201": ("直冲村委会", "440704004202", 5, "440704004000"),
}
COUNTY, STREET, OTHER_STREET = "440704000000", "440704001000", "440704004000"
VILLAGE, NEXT_VILLAGE, FAR_VILLAGE = "440704001001", "440704001002", "440704004200"
OUTSIDE_COUNTY, OUTSIDE_VILLAGE = "440703000000", "440703001001"


@dataclass(frozen=True)
class Cast:
    """Who works where. The second of a pair holds the same role outside Jianghai (or in another village)."""

    chen: User  # 陈专委, village commissioner of VILLAGE
    liang: User  # 梁经办, township clerk of STREET
    he: User  # 何业务, county federation of COUNTY
    luo: User  # 罗民政, county civil affairs of COUNTY
    sheng: User  # 省查看, provincial viewer
    admin: User  # 系统管理, system administrator of the province
    zhou: User  # 周专委, village commissioner of FAR_VILLAGE
    pan: User  # 潘业务, county federation of OUTSIDE_COUNTY
    tan: User  # 谭民政, county civil affairs of OUTSIDE_COUNTY
    an: User  # 安管理, security administrator of the province: gives posts
    shen: User  # 审管理, audit administrator of the province
    nobody: User  # 无岗位, an account without a post


STAFF: dict[str, tuple[str, Role | None, str]] = {
    "chen": ("陈专委", Role.VILLAGE_COMMISSIONER, VILLAGE),
    "liang": ("梁经办", Role.TOWNSHIP_CLERK, STREET),
    "he": ("何业务", Role.COUNTY_FEDERATION, COUNTY),
    "luo": ("罗民政", Role.COUNTY_CIVIL_AFFAIRS, COUNTY),
    "sheng": ("省查看", Role.PROVINCIAL_VIEWER, "440000000000"),
    "admin": ("系统管理", Role.SYSTEM_ADMINISTRATOR, "440000000000"),
    "zhou": ("周专委", Role.VILLAGE_COMMISSIONER, FAR_VILLAGE),
    "pan": ("潘业务", Role.COUNTY_FEDERATION, OUTSIDE_COUNTY),
    "tan": ("谭民政", Role.COUNTY_CIVIL_AFFAIRS, OUTSIDE_COUNTY),
    "an": ("安管理", Role.SECURITY_ADMINISTRATOR, "440000000000"),
    "shen": ("审管理", Role.AUDIT_ADMINISTRATOR, "440000000000"),
    "nobody": ("无岗位", None, ""),
}


def settle() -> Cast:
    """Put the places and the staff into the database."""
    Area.objects.bulk_create(
        Area(code=code, name=name, end=end, tier=tier, lowest_tier=tier, parent_id=parent)
        for code, (name, end, tier, parent) in PLACES.items()
    )
    users = {}
    for username, (name, role, area) in STAFF.items():
        users[username] = User.objects.create_user(username, PASSWORD, name=name)
        if role is not None:
            Post.objects.create(user=users[username], role=role, area_id=area)
    return Cast(**users)
