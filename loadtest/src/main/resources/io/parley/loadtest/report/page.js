// Shows under the pointer what each curve says there. Without it the page is whole all the same.
document.querySelectorAll('svg[data-x]').forEach(svg => {
  const xs = JSON.parse(svg.dataset.x), left = +svg.dataset.left, right = +svg.dataset.right;
  const hair = svg.querySelector('.hair'), at = svg.parentNode.querySelector('[data-at]');
  const values = [...svg.parentNode.querySelectorAll('[data-y]')].map(key => [key.querySelector('b'), JSON.parse(key.dataset.y)]);
  const width = svg.viewBox.baseVal.width, low = xs[0], high = xs[xs.length - 1];
  const show = event => {
    const x = (event.clientX - svg.getBoundingClientRect().left) / svg.getBoundingClientRect().width * width;
    const wanted = low + (x - left) / (right - left) * (high - low);
    let best = 0;
    xs.forEach((one, i) => { if (Math.abs(one - wanted) < Math.abs(xs[best] - wanted)) best = i; });
    const place = left + (xs[best] - low) / ((high - low) || 1) * (right - left);
    hair.setAttribute('x1', place); hair.setAttribute('x2', place); hair.style.visibility = 'visible';
    at.textContent = Math.round(xs[best] * 100) / 100 + ' ' + svg.dataset.unit;
    values.forEach(([text, ys]) => { text.textContent = ys[best] === null ? '' : ys[best].toLocaleString('en', { maximumFractionDigits: 2 }); });
  };
  const hide = () => { hair.style.visibility = 'hidden'; at.textContent = ''; values.forEach(([text]) => { text.textContent = ''; }); };
  svg.addEventListener('pointermove', show);
  svg.addEventListener('pointerdown', show);
  svg.addEventListener('pointerleave', hide);
});
