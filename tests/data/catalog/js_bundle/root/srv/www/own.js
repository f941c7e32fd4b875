/*! jQuery v | no */ var a="1.2.3"; // Based on Underscore.js 1.8.3 <x>
/*! jQuery v3.x */