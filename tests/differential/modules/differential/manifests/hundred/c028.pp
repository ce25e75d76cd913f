# Ten resources.
class differential::hundred::c028 {
  notify { 'c028 1':
    message => "1 of class c028 on ${facts['networking']['hostname']}",
  }
  notify { 'c028 2':
    message => "2 of class c028 on ${facts['networking']['hostname']}",
  }
  notify { 'c028 3':
    message => "3 of class c028 on ${facts['networking']['hostname']}",
  }
  notify { 'c028 4':
    message => "4 of class c028 on ${facts['networking']['hostname']}",
  }
  notify { 'c028 5':
    message => "5 of class c028 on ${facts['networking']['hostname']}",
  }
  notify { 'c028 6':
    message => "6 of class c028 on ${facts['networking']['hostname']}",
  }
  notify { 'c028 7':
    message => "7 of class c028 on ${facts['networking']['hostname']}",
  }
  notify { 'c028 8':
    message => "8 of class c028 on ${facts['networking']['hostname']}",
  }
  notify { 'c028 9':
    message => "9 of class c028 on ${facts['networking']['hostname']}",
  }
  notify { 'c028 10':
    message => "10 of class c028 on ${facts['networking']['hostname']}",
  }
}
