/**
 * core-js 3.32.0
 * © 2014-2023 Denis Pushkarev (zloirock.ru)
 * license: https://github.com/zloirock/core-js/blob/v3.32.0/LICENSE
 * source: https://github.com/zloirock/core-js
 */
!function(t){"use strict";var r,e,n;r=[function(t,r,e){e(1),e(100),e(101),e(102),e(103),e(104),e(105),e(106),e(107),e(108),e(109),e(110),e(111),e(112),e(113),e(114),e(126),e(128),e(138),e(139),e(141),e(144),e(147),e(149),e(151),e(152),e(153),e(154),e(156),e(157),e(159),e(160),e(162),e(166),e(167),e(168),e(169),e(174),e(175),e(177),e(178),e(179),e(181),e(184),e(185),e(186),e(187),e(188),e(193),e(195),e(196),e(198),e(201),e(202),e(203),e(204),e(205),e(207),e(214),e(216),e(219),e(221),e(222),e(223),e(224),e(225