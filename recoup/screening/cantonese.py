"""How Hong Kong spells Chinese characters in names of companies and people: by custom, not by one system. Pure
data. Mandarin is read by text-unidecode; this table stands beside it.
"""

SAID = """
an 安 ah 亞 au 歐區 chan 陳燦 chau 周秋洲 che 車 cheong 昌張章祥 cheuk 卓 cheung 張章長昌祥 chi 志智之知芝池次 chim 占
chin 錢展前 ching 正程清青精成靜 chit 哲 chiu 趙照超朝潮 cho 曹楚初 choi 蔡才財彩 chong 莊創 choy 蔡才財 chow 周
chu 朱珠 chuen 全泉荃 chuk 竹 chun 春珍俊進津秦 chung 鍾鐘中忠松重 dai 大 fai 輝暉 fan 范帆芬 fat 發法佛 fei 飛
fok 霍 fong 方芳 foo 富 fook 福 fu 富傅夫 fuk 福 fun 歡寬 fung 馮豐鳳風 guan 關 ha 夏 hai 海 hak 克 han 韓漢
hang 恒恆衡行 hau 侯后厚 heng 興恒 hei 希喜熙 hing 興慶卿 ho 何好浩河豪 hoi 海開凱 hok 學 hon 漢韓 hong 康航匡
hoo 胡 hop 合 huen 萱 hui 許匯 hung 洪鴻雄紅虹孔 ip 葉 ka 嘉家加 kai 基佳楷啟雞 kam 金甘錦 kan 簡勤 kang 鏗
kar 嘉家 kau 九球 ke 基 kee 記基奇 kei 基奇紀 keung 強 ki 奇記 kim 劍儉 kin 建健堅 king 景敬京經 kit 傑潔 ko 高
kok 國 kong 江港光剛廣 koo 顧 kow 九 ku 古 kuen 權娟 kui 巨居 kuk 菊 kun 根坤 kung 龔公功工 kuok 郭國 kut 吉
kwai 桂貴葵 kwan 關君均坤群 kwok 國郭 kwong 光廣鄺 kwun 官冠觀 lai 黎麗禮 lam 林藍 lap 立 lau 劉流 law 羅 lee 李利
lei 利李理 leung 梁良亮 li 李利理 lik 力 lin 連蓮 ling 凌靈玲寧 lit 列 liu 廖 lo 羅盧勞 loi 來 lok 樂駱洛 long 龍朗
luen 聯 luk 陸六綠 lun 倫麟 lung 龍隆 ma 馬 mai 米 mak 麥 man 文敏萬民 mau 茂 mei 美 mi 美 miu 苗妙 ming 明銘名
mo 武慕 mok 莫 mong 蒙望 mui 梅 mun 門滿 nam 南 ngai 藝毅 ngan 銀顏 ngau 牛 ng 吳伍五 ning 寧 nim 念 nga 雅
oi 愛 on 安 pak 白伯百柏 pang 彭鵬 pei 培 pik 碧 ping 平屏萍 po 寶普保布步 poon 潘 pui 培貝 pun 本 sai 西世 sam 三
san 新山 sang 生 sau 秀壽 seng 生盛成 sha 沙 shan 山珊 shang 尚 shek 石 sheng 生成盛 sheung 上尚常商雙 shi 時施
shing 成城盛誠勝聲 shiu 邵兆少 shum 沈 shun 信順純舜 shui 水瑞 si 思時施 sik 錫 sin 先仙善 sing 星成盛昇 sinn 先 sit 薛
siu 蕭小兆 so 蘇 sui 瑞 suen 孫 sum 心 sun 新信順純辰孫 sung 宋 sze 施思司 tai 大泰太 tak 德 tam 譚 tan 丹 tang 鄧騰
tat 達 tei 地 teng 騰 tien 天田 tik 狄 tim 甜添 tin 天田 ting 丁庭 to 杜都道 toi 台 tong 唐堂東湯糖 tsang 曾 tse 謝
tsim 尖 tsing 青清正 tsui 徐翠 tsuen 全荃 tsun 俊進晉 tsung 宗 tuen 屯 tuk 德 tung 東同通童 tze 子 ugh 惠 wa 華 wah 華
wai 偉威惠衛維慧 wan 雲環灣運溫允 wang 宏弘王 wei 偉 wing 永榮詠 wo 和 wong 王黃旺 woo 胡 wu 胡 yam 任 yan 恩欣仁人
yat 日一 yau 友有優 yee 義怡儀宜意 yeung 楊洋陽 yi 義怡 yick 益 yik 益億翼 yim 嚴 yin 賢然燕 ying 英盈瑩 yip 葉業
yiu 姚耀 yu 余宇裕如羽 yue 裕宇魚 yuen 元源遠袁圓園 yuet 月粵越 yuk 玉旭育 yung 容勇鏞 yun 潤
"""


def spellings() -> dict[str, tuple[str, ...]]:
    """Character → the ways it is spelled."""
    found: dict[str, list[str]] = {}
    parts = SAID.split()
    for spelled, characters in zip(parts[::2], parts[1::2], strict=True):
        for character in characters:
            found.setdefault(character, []).append(spelled)
    return {character: tuple(said) for character, said in found.items()}


SPELLINGS = spellings()
