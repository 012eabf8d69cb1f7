"""Folding names so that two writings of one name compare equal. The raw writing is always kept beside it."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from yice.identifiers.bulk import Texts, as_texts

# Traditional and variant characters met in names, each with the one it is compared as.
_PAIRS = """
張张 陳陈 劉刘 楊杨 趙赵 黃黄 吳吴 孫孙 馬马 羅罗 鄭郑 謝谢 許许 鄧邓 馮冯 韓韩 葉叶 蕭萧 肖萧 閻阎 闫阎 蘇苏 盧卢 蔣蒋 賈贾 鍾钟 鐘钟 譚谭 陸陆 範范 傅付 龍龙 萬万 錢钱
湯汤 賴赖 龔龚 顧顾 龐庞 嚴严 莊庄 魯鲁 歐欧 藍蓝 蘭兰 關关 聶聂 齊齐 喬乔 寧宁 甯宁 練练 鄒邹 倫伦 區区 麥麦 鄺邝 鳳凤 國国 華华 偉伟 軍军 強强 彊强 傑杰 東东 蓮莲 榮荣
貴贵 寶宝 寳宝 飛飞 紅红 艷艳 豔艳 艶艳 靜静 麗丽 鳴鸣 輝辉 煇辉 鵬鹏 勝胜 興兴 義义 禮礼 賢贤 順顺 運运 達达 遠远 連连 銀银 鋼钢 鐵铁 錦锦 鋒锋 鎮镇 長长 開开 陽阳 雲云
電电 雙双 韋韦 頌颂 項项 須须 預预 領领 穎颖 頴颖 顏颜 顔颜 風风 養养 駿骏 驥骥 魚鱼 鮮鲜 鶴鹤 黨党 齡龄 龜龟 億亿 優优 儀仪 償偿 兒儿 劍剑 劒剑 勁劲 動动 勳勋 勛勋 協协
厲厉 廣广 慶庆 應应 懷怀 戀恋 戰战 據据 擁拥 擇择 斕斓 時时 曉晓 晉晋 暉晖 曄晔 書书 會会 桿杆 棟栋 業业 楨桢 槍枪 樂乐 樓楼 標标 樹树 橋桥 機机 檢检 櫻樱 權权 歡欢 歲岁
氣气 漢汉 漣涟 潔洁 澤泽 濤涛 濟济 濱滨 瀾澜 瀟潇 燈灯 燦灿 爾尔 獻献 現现 環环 瑩莹 瑪玛 瓊琼 產产 産产 畢毕 異异 盡尽 確确 禎祯 禪禅 種种 穩稳 競竞 筆笔 節节 簡简 紀纪
純纯 紹绍 細细 終终 結结 絡络 維维 綠绿 緑绿 綺绮 緒绪 緣缘 縣县 績绩 繼继 續续 纓缨 罵骂 聖圣 聰聪 聲声 職职 臨临 舊旧 萊莱 葦苇 蒼苍 蓋盖 蔭荫 薩萨 藝艺 蘊蕴 號号 術术
衛卫 衞卫 裏里 裡里 補补 親亲 覺觉 計计 記记 設设 詠咏 詩诗 誠诚 誼谊 諾诺 諒谅 謙谦 講讲 譽誉 讓让 豐丰 豊丰 財财 責责 費费 資资 賀贺 賓宾 質质 贊赞 賛赞 躍跃 軒轩 輪轮
辭辞 農农 週周 進进 過过 適适 選选 還还 邊边 鄉乡 鄰邻 針针 鈞钧 鈴铃 鉅巨 銘铭 銳锐 鋭锐 錄录 録录 鍵键 鏡镜 鑒鉴 鑑鉴 閃闪 閆阎 閏闰 間间 閔闵 聞闻 闊阔 陰阴 際际 隨随
險险 隱隐 雋隽 雜杂 離离 難难 霧雾 靈灵 韻韵 響响 頂顶 頓顿 題题 願愿 類类 飄飘 飾饰 館馆 馳驰 騰腾 驚惊 體体 鬥斗 鳥鸟 鴻鸿 鷹鹰 鷗鸥 鹽盐 點点 齋斋 堃坤 喆哲 峯峰 羣群
昇升 陞升 崑昆 崙仑 彥彦 册冊 恒恆 邨村 珮佩 瑠琉 衆众 眾众 併并 並并 淨净 浄净 凈净 幹干 鬱郁 爲为 為为 僞伪 偽伪 溫温 媼媪 呉吴 呂吕 晧皓 姊姐 妳你 嬋婵 嬌娇 嫻娴 嫺娴
婭娅 嬰婴 學学 寫写 將将 尋寻 導导 屆届 屬属 歸归 帥帅 師师 帶带 幫帮 庫库 廠厂 彌弥 從从 復复 徹彻 愛爱 憲宪 惲恽 態态 憶忆 戲戏 撫抚 擔担 敵敌 數数 於于 晝昼 暢畅 曠旷
朮术 來来 條条 楓枫 樺桦 殘残 決决 沖冲 沒没 況况 淚泪 淺浅 渾浑 湊凑 準准 溝沟 滄沧 滅灭 滿满 漁渔 漲涨 潤润 澗涧 瀏浏 烏乌 無无 煉炼 煒炜 煥焕 熱热 營营 牆墙 狀状 獎奖
瑋玮 璣玑 瓏珑 畫画 當当 療疗 發发 盤盘 眞真 睜睁 矯矫 碩硕 祿禄 禕祎 稱称 積积 穌稣 竪竖 筍笋 築筑 籃篮 粵粤 糧粮 紋纹 紗纱 綱纲 網网 綿绵 緯纬 縱纵 總总 織织 繡绣 絲丝
羨羡 習习 聯联 膽胆 臺台 檯台 颱台 與与 艦舰 莖茎 菓果 葒荭 蔔卜 薈荟 薔蔷 薦荐 蘆芦 蘋苹 處处 虛虚 蟬蝉 蠶蚕 衝冲 覽览 觀观 訓训 訪访 証证 證证 評评 詞词 詢询 語语 説说
說说 誌志 課课 調调 談谈 請请 論论 識识 譯译 護护 貝贝 貞贞 負负 貢贡 貨货 販贩 貫贯 賁贲 貿贸 賜赐 賞赏 賽赛
"""
# The many dots between the parts of a Mongolian, Uyghur or foreign name; a registry writes any of them or none.
_INTERPUNCTS = "·•・．.‧∙⋅﹒｡·ᐧ‐-–—_"


_TABLE: dict[int, str | None] = {
    **{ord(pair[0]): pair[1] for pair in _PAIRS.split()},
    **dict.fromkeys(map(ord, _INTERPUNCTS)),
}


def fold(name: str | None) -> str:
    """One writing for all: half-width, upper-case, no blanks or dots, common variants made one."""
    text = unicodedata.normalize("NFKC", name or "").upper().translate(_TABLE)
    text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", text)  # a mark may have met its letter only now


def same(one: str | None, other: str | None) -> bool:
    """Whether both are given and are writings of one name."""
    folded = fold(one)
    return bool(folded) and folded == fold(other)


def fold_many(values: Texts) -> pa.StringArray:
    """A folded column ("" where blank); each distinct name is folded once."""
    coded = pc.dictionary_encode(as_texts(values))
    folded = pa.array([fold(name) for name in coded.dictionary.to_pylist()] or [""], type=pa.string())
    return pc.fill_null(folded.take(coded.indices), "")
